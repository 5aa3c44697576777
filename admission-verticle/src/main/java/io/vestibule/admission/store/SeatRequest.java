package io.vestibule.admission.store;

import io.vertx.core.buffer.Buffer;
import io.vestibule.admission.core.QueueEffect.ForgetQueue;
import io.vestibule.admission.core.QueueEffect.SeatCall;
import io.vestibule.admission.core.QueueEffect.SetSeats;
import io.vestibule.admission.core.QueueEffect.TakeSeat;
import io.vestibule.contract.bus.WireReader;
import io.vestibule.contract.bus.WireWriter;
import java.util.List;

/**
 * What a coordinator asks of a shard of the count.
 *
 * @param opens whether it takes the queue over in this shard; there are no calls then
 */
record SeatRequest(String queue, Fence fence, boolean opens, List<SeatCall> calls) {
  SeatRequest {
    calls = List.copyOf(calls);
  }

  byte[] encode() {
    Buffer buffer = Buffer.buffer();
    WireWriter out = new WireWriter(buffer).putByte(1).putString(queue);
    fence.write(out);
    out.putBoolean(opens).putList(calls, SeatRequest::write);
    return buffer.getBytes();
  }

  static SeatRequest decode(byte[] bytes) {
    WireReader in = new WireReader(0, Buffer.buffer(bytes));
    byte layout = in.getByte();
    if (layout != 1) {
      throw new IllegalArgumentException("layout " + layout + " of a request where 1 is known");
    }
    return new SeatRequest(in.getString(), Fence.read(in), in.getBoolean(), in.getList(SeatRequest::read));
  }

  private static void write(WireWriter out, SeatCall call) {
    if (call instanceof TakeSeat take) {
      out.putByte(1).putString(take.user()).putInt(take.count()).putInt(take.limit());
    } else if (call instanceof SetSeats set) {
      out.putByte(2).putString(set.user()).putInt(set.count());
    } else if (call instanceof ForgetQueue forget) {
      out.putByte(3).putString(forget.user()).putString(forget.queue());
    }
  }

  private static SeatCall read(WireReader in) {
    byte kind = in.getByte();
    return switch (kind) {
      case 1 -> new TakeSeat(in.getString(), in.getInt(), in.getInt());
      case 2 -> new SetSeats(in.getString(), in.getInt());
      case 3 -> new ForgetQueue(in.getString(), in.getString());
      default -> throw new IllegalArgumentException("unknown call of the count " + kind);
    };
  }
}
