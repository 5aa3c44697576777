package io.vestibule.contract.admission;

import io.vestibule.contract.bus.RecordCodec;
import java.util.Objects;

/**
 * A coordinator needs room for one more session of a user, who has as many in all queues together as permitted: it asks the coordinator of another queue which sessions could make room, and
 * then that one does. May come twice without harm.
 *
 * @param queue the queue that is asked
 * @param session the session that is to make room; null for the question alone
 * @param evenLive also if somebody is there
 */
public record SeatOrder(String queue, String user, SessionRef session, boolean evenLive) {
  public static final RecordCodec<SeatOrder> CODEC = RecordCodec.of("vestibule.admission.seat.v1", (out, m) -> {
    out.putString(m.queue).putString(m.user).putBoolean(m.evenLive).putBoolean(m.session != null);
    if (m.session != null) {
      m.session.write(out);
    }
  }, in -> {
    String queue = in.getString();
    String user = in.getString();
    boolean evenLive = in.getBoolean();
    return new SeatOrder(queue, user, in.getBoolean() ? SessionRef.read(in) : null, evenLive);
  });

  public SeatOrder {
    Objects.requireNonNull(queue);
    Objects.requireNonNull(user);
  }
}
