package io.vestibule.contract.admission;

import io.vestibule.contract.bus.RecordCodec;
import java.util.Objects;

/**
 * What a coordinator node answers to a {@link QueueOrder}.
 *
 * @param touched how many queues or sessions the order concerned here
 * @param queues a JSON array with one object for each queue that this node leads (docs/protocol.md, Operators); {@code []} for other orders
 */
public record QueueReport(int touched, String queues) {
  public static final RecordCodec<QueueReport> CODEC = RecordCodec.of("vestibule.admission.queues.v1",
      (out, m) -> out.putInt(m.touched).putString(m.queues), in -> new QueueReport(in.getInt(), in.getString()));

  public QueueReport {
    Objects.requireNonNull(queues);
  }
}
