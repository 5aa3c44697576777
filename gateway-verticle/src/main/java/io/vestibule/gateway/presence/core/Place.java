package io.vestibule.gateway.presence.core;

import io.vestibule.contract.presence.PresenceKey;
import io.vestibule.contract.presence.Statement.Here;
import io.vestibule.contract.presence.UserStatus;
import java.util.ArrayList;
import java.util.List;

/** A user in a topic, by all the connections of this node. */
final class Place {
  /** It does not linger. */
  static final long NEVER = Long.MAX_VALUE;

  final PresenceKey key;
  final long sinceMs;
  /** In the order in which they came. */
  final List<Seat> seats = new ArrayList<>(1);
  long graceMs;
  /** Until when it outlives its last connection; {@link #NEVER} where it has one. */
  long lingersUntilMs = NEVER;
  private Here said;

  Place(PresenceKey key, long sinceMs) {
    this.key = key;
    this.sinceMs = sinceMs;
  }

  /** What is to be said of it now. Who lingers is as he was. */
  Here say() {
    UserStatus status = said == null || !seats.isEmpty() ? UserStatus.ONLINE : said.status();
    String info = said == null ? null : said.info();
    for (Seat seat : seats) {
      status = status.or(seat.status);
      info = seat.info;
    }
    said = new Here(seats.size(), sinceMs, status, info);
    return said;
  }
}
