package io.vestibule.admission.store;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.DataSerializable;
import io.vestibule.admission.core.QueueEffect.ForgetQueue;
import io.vestibule.admission.core.QueueEffect.SeatCall;
import io.vestibule.admission.core.QueueEffect.SetSeats;
import io.vestibule.admission.core.QueueEffect.TakeSeat;
import io.vestibule.admission.core.SeatLedger;
import io.vestibule.admission.core.SeatLedger.Count;
import io.vestibule.admission.core.SeatLedger.Taken;
import io.vestibule.admission.store.JournalAnswer.Status;
import io.vestibule.cluster.hazelcast.Termed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One shard of the count: who speaks for each queue, and the sessions of its users. It lives as an object where the grid keeps it, and is changed by one thread at a time. After a partition the one
 * with the highest term in it stays; whoever does not find itself in that opens it again.
 */
final class SeatEntry implements Termed, DataSerializable {
  private final Map<String, Fence> fences = new TreeMap<>();
  private final SeatLedger ledger = new SeatLedger();

  SeatEntry() {}

  @Override
  public long term() {
    return fences.values().stream().mapToLong(Fence::term).max().orElse(0);
  }

  /** Does what is asked. Doing it twice is doing it once. */
  SeatResponse answer(SeatRequest request) {
    Fence seen = fences.get(request.queue());
    Status refused = check(seen, request);
    if (refused != null) {
      return SeatResponse.refusal(refused, seen == null ? 0 : seen.term());
    }
    fences.put(request.queue(), request.fence());
    if (request.opens()) {
      return new SeatResponse(Status.DONE, 0, List.of(), ledger.in(request.queue()));
    }
    List<Taken> taken = new ArrayList<>();
    for (SeatCall call : request.calls()) {
      if (call instanceof TakeSeat take) {
        taken.add(ledger.take(request.queue(), take.user(), take.count(), take.limit()));
      } else if (call instanceof SetSeats set) {
        ledger.set(request.queue(), set.user(), set.count());
      } else if (call instanceof ForgetQueue forget) {
        ledger.forget(forget.queue());
        fences.remove(forget.queue());
      }
    }
    return new SeatResponse(Status.DONE, 0, taken, Map.of());
  }

  private static Status check(Fence seen, SeatRequest request) {
    Fence asking = request.fence();
    if (seen == null || asking.term() > seen.term()) {
      return request.opens() ? null : Status.LOST;
    }
    if (asking.term() < seen.term() || asking.owner() != seen.owner()) {
      return Status.FENCED;
    }
    return asking.number() >= seen.number() ? null : Status.OVERTAKEN;
  }

  @Override
  public void writeData(ObjectDataOutput out) throws IOException {
    out.writeByte(1);
    out.writeInt(fences.size());
    for (Map.Entry<String, Fence> fence : fences.entrySet()) {
      out.writeString(fence.getKey());
      out.writeLong(fence.getValue().term());
      out.writeLong(fence.getValue().owner());
      out.writeLong(fence.getValue().number());
    }
    Map<String, List<Count>> users = new HashMap<>();
    ledger.forEach(users::put);
    out.writeInt(users.size());
    for (Map.Entry<String, List<Count>> user : users.entrySet()) {
      out.writeString(user.getKey());
      out.writeInt(user.getValue().size());
      for (Count count : user.getValue()) {
        out.writeString(count.queue());
        out.writeInt(count.count());
      }
    }
  }

  @Override
  public void readData(ObjectDataInput in) throws IOException {
    byte layout = in.readByte();
    if (layout != 1) {
      throw new IOException("layout " + layout + " of a shard of the count where 1 is known");
    }
    for (int left = in.readInt(); left > 0; left--) {
      fences.put(in.readString(), new Fence(in.readLong(), in.readLong(), in.readLong()));
    }
    for (int left = in.readInt(); left > 0; left--) {
      String user = in.readString();
      for (int counts = in.readInt(); counts > 0; counts--) {
        ledger.set(in.readString(), user, in.readInt());
      }
    }
  }
}
