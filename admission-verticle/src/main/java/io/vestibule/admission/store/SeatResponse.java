package io.vestibule.admission.store;

import io.vertx.core.buffer.Buffer;
import io.vestibule.admission.core.SeatLedger.Taken;
import io.vestibule.admission.store.JournalAnswer.Status;
import io.vestibule.contract.bus.WireReader;
import io.vestibule.contract.bus.WireWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a shard of the count answers.
 *
 * @param term that is in force, where it is {@link Status#FENCED}
 * @param taken what became of each question
 * @param counts when opened: what was said of the queue before
 */
record SeatResponse(Status status, long term, List<Taken> taken, Map<String, Integer> counts) {
  private static final Status[] STATUSES = Status.values();

  static SeatResponse refusal(Status status, long term) {
    return new SeatResponse(status, term, List.of(), Map.of());
  }

  byte[] encode() {
    Buffer buffer = Buffer.buffer();
    new WireWriter(buffer).putByte(status.ordinal()).putLong(term)
        .putList(taken, (out, one) -> out.putBoolean(one.granted()).putStrings(one.others()))
        .putList(List.copyOf(counts.entrySet()), (out, count) -> out.putString(count.getKey()).putInt(count.getValue()));
    return buffer.getBytes();
  }

  static SeatResponse decode(byte[] bytes) {
    WireReader in = new WireReader(0, Buffer.buffer(bytes));
    Status status = STATUSES[in.getByte()];
    long term = in.getLong();
    List<Taken> taken = in.getList(from -> new Taken(from.getBoolean(), from.getStrings()));
    Map<String, Integer> counts = new HashMap<>();
    in.getList(from -> Map.entry(from.getString(), from.getInt())).forEach(count -> counts.put(count.getKey(), count.getValue()));
    return new SeatResponse(status, term, taken, counts);
  }
}
