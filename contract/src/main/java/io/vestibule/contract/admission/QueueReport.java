package io.vestibule.contract.admission;

import io.vestibule.contract.bus.RecordCodec;
import java.util.Objects;

/**
 * What a coordinator node answers to a {@link QueueOrder}.
 *
 * @param touched how many queues or sessions the order concerned here
 * @param queues a JSON array with one object for each queue that this node leads (docs/protocol.md, Operators); {@code []} for other orders
 * @param others the same for each queue that it is configured with and does not lead now, without figures: some other node may
 */
public record QueueReport(int touched, String queues, String others) {
  public static final RecordCodec<QueueReport> CODEC = RecordCodec.of("vestibule.admission.queues.v2",
      (out, m) -> out.putInt(m.touched).putString(m.queues).putString(m.others), in -> new QueueReport(in.getInt(), in.getString(), in.getString()));

  private static final String NONE = "[]";

  public QueueReport {
    Objects.requireNonNull(queues);
    Objects.requireNonNull(others);
  }

  /** The report of an order that is about so many queues or sessions, and not about how the queues are. */
  public static QueueReport of(int touched) {
    return new QueueReport(touched, NONE, NONE);
  }
}
