package io.vestibule.bench.presence;

import io.vestibule.bench.client.Target;
import io.vestibule.bench.client.Tokens;
import java.time.Duration;

/**
 * One run of {@code bench presence}.
 *
 * @param watchers members of each room who watch it; they join first
 * @param arriving whether members join as soon as they are connected, and not when all are
 * @param joinRate joins a second, where not arriving; 0: all at once
 * @param patience without any progress this long the run is over
 * @param threads event loops of the client
 */
public record PresencePlan(Target target, Tokens tokens, Rooms rooms, int watchers, boolean arriving, double joinRate, Duration patience, int threads) {
  public PresencePlan {
    if (watchers < 1 || watchers > rooms.members()) {
      throw new IllegalArgumentException("watchers must be 1 to " + rooms.members() + ", the members of a room");
    }
    if (!(joinRate >= 0) || arriving && joinRate > 0) {
      throw new IllegalArgumentException("join-rate must not be negative, and those who arrive join at the connect-rate");
    }
    if (patience.isNegative() || patience.isZero() || threads < 1) {
      throw new IllegalArgumentException("patience must be above 0 and threads at least 1");
    }
  }

  /** Whether a member watches its room. */
  boolean watches(int member) {
    return member / rooms.count() < watchers;
  }

  /** Watchers of all rooms. */
  int totalWatchers() {
    return watchers * rooms.count();
  }
}
