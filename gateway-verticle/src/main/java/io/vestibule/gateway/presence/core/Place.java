package io.vestibule.gateway.presence.core;

import io.vestibule.contract.presence.PresenceKey;
import io.vestibule.contract.presence.Statement.Here;
import io.vestibule.contract.presence.UserStatus;
import java.util.ArrayList;
import java.util.List;

/** A user in a topic, by all the connections of this node. */
final class Place {
  final PresenceKey key;
  final long sinceMs;
  /** In the order in which they came. */
  final List<Seat> seats = new ArrayList<>(1);
  /** Of connections that are gone; most places have none. */
  List<Trace> traces = List.of();
  long graceMs;
  /** Whether he is shown as away when that is over, if his session waits for him. */
  boolean showsAway;
  private Here said;

  Place(PresenceKey key, long sinceMs) {
    this.key = key;
    this.sinceMs = sinceMs;
  }

  void add(Trace trace) {
    if (traces.isEmpty()) {
      traces = new ArrayList<>(1);
    }
    traces.add(trace);
  }

  void remove(Trace trace) {
    traces.remove(trace);
    if (traces.isEmpty()) {
      traces = List.of();
    }
  }

  /** What is to be said of it now. Who lingers, or is away, is as he was. */
  Here say(long nowMs) {
    UserStatus status = said == null || !seats.isEmpty() ? UserStatus.ONLINE : said.status();
    String info = said == null ? null : said.info();
    long infoAtMs = said == null || !seats.isEmpty() ? 0 : said.infoAtMs();
    for (Seat seat : seats) {
      status = status.or(seat.status);
      if (seat.infoAtMs >= infoAtMs) {
        info = seat.info;
        infoAtMs = seat.infoAtMs;
      }
    }
    boolean away = seats.isEmpty() && traces.stream().allMatch(trace -> trace.lingersUntilMs <= nowMs);
    said = new Here(seats.size(), sinceMs, away, status, info, infoAtMs);
    return said;
  }
}
