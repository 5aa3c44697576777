package io.vestibule.admission.core;

import io.vestibule.contract.admission.AdmissionAnswer.Rise;
import io.vestibule.contract.admission.AdmissionAnswer.Standing;
import io.vestibule.contract.admission.AdmissionNotice.Moved;
import java.util.ArrayList;
import java.util.List;

/**
 * How waiters stand, and who is told when: near the head each second, further back less often, at a moment that the name of the place decides. One turn of a wheel costs no more than those it tells.
 */
final class Standings {
  private static final long LONGEST_MS = 30_000;
  private static final long SHORTEST_MS = 1_000;
  /** Who stands where it stood is told so after this time, since the estimate has moved. */
  private static final long UNMOVED_MS = 20_000;
  /** Every so many positions the next news takes a second longer. */
  private static final long PER_SECOND = 25;
  private static final long POLL_SHORTEST_MS = 1_000;
  private static final long POLL_LONGEST_MS = 15_000;
  private static final long POLL_PER_POSITION_MS = 20;
  /** Polls that may be missed before a waiter counts as away. */
  private static final double POLLS_MISSED = 2.5;
  private static final int BUCKETS = (int) (2 * LONGEST_MS / QueueEvent.Tick.MILLIS);

  private final QueueState state;
  private final Rises rises;
  private final List<List<Place>> wheel = new ArrayList<>(BUCKETS);
  private long turn = Long.MIN_VALUE;

  Standings(QueueState state) {
    this.state = state;
    rises = new Rises(state.line);
    for (int i = 0; i < BUCKETS; i++) {
      wheel.add(new ArrayList<>(0));
    }
  }

  /** Somebody stands in line who did not a moment ago, and others may stand further back for it. */
  void stoodUp(Place place, Rise why) {
    rises.add(place, why);
    watch(place);
  }

  /** A place is in line as it is stored, and others may not have been told yet that it came. */
  void restored(Place place) {
    boolean unheard = state.nowMs - place.joinedAtMs < 2 * LONGEST_MS;
    stoodUp(place, place.isInLine() && credit(place) > 0 && unheard ? Rise.PRIORITY : null);
  }

  /** A socket was told its position by an earlier coordinator. */
  void heard(Place place, long position) {
    if (place.isWaiting() && position > 0 && (place.toldPosition == 0 || place.toldAtMs == 0 && position < place.toldPosition)) {
      place.toldPosition = position;
    }
  }

  /** How a waiter stands; this counts as having told. */
  Standing standing(Place place) {
    if (place.ticket == Line.NONE) {
      return new Standing(1, Math.max(1, state.line.size()), 0, 0, null, POLL_SHORTEST_MS);
    }
    long position = state.line.rank(place.ticket);
    Estimator.Estimate estimate = state.estimator.estimate(position, state.nowMs - place.joinedAtMs + credit(place));
    if (place.toldEstimate == null && estimate != null) {
      place.toldEstimate = estimate;
      place.estimatedAtMs = state.nowMs;
    }
    Rise rose = place.toldPosition > 0 && position > place.toldPosition ? rises.since(place, position) : null;
    place.toldPosition = position;
    place.toldAtMs = state.nowMs;
    place.toldAtRise = rises.count();
    long waiting = Math.max(position, state.line.size());
    return estimate == null ? new Standing(position, waiting, -1, -1, rose, pollAfterMs(position))
        : new Standing(position, waiting, estimate.etaMs(), estimate.highMs(), rose, pollAfterMs(position));
  }

  /** When somebody at HTTP who was told this counts as away. */
  long pollByMs(Standing standing) {
    return state.nowMs + (long) (POLLS_MISSED * standing.pollAfterMs()) + SHORTEST_MS;
  }

  /** The estimate that a waiter was told comes true, or not. */
  void admitted(Place place) {
    if (place.toldEstimate != null) {
      state.estimator.cameTrue(place.estimatedAtMs, place.toldEstimate, state.nowMs);
      place.toldEstimate = null;
    }
    place.toldPosition = 0;
  }

  /** Tells those whose time has come. */
  void tick() {
    long now = state.nowMs / QueueEvent.Tick.MILLIS;
    if (turn == Long.MIN_VALUE || now - turn > BUCKETS) {
      turn = now - BUCKETS;
    }
    while (turn < now) {
      turn++;
      List<Place> bucket = wheel.set(bucket(turn), new ArrayList<>(0));
      for (Place place : bucket) {
        place.onRounds = false;
        visit(place);
      }
    }
  }

  private void visit(Place place) {
    if (!place.isWaiting() || place.ticket == Line.NONE || !place.hasSocket()) {
      return;
    }
    long position = state.line.rank(place.ticket);
    if (position != place.toldPosition || state.nowMs - place.toldAtMs >= UNMOVED_MS) {
      Standing standing = standing(place);
      for (Session session : place.sessions) {
        if (session.isOnSocket()) {
          state.tell(session.holder, new Moved(state.rules.name(), session.holder.connection(), standing));
        }
      }
    }
    watch(place);
  }

  /** From now on the place is told how it stands. */
  void watch(Place place) {
    if (place.onRounds || !place.isWaiting()) {
      return;
    }
    place.onRounds = true;
    long period = Math.min(LONGEST_MS, SHORTEST_MS + state.line.rank(place.ticket) / PER_SECOND * SHORTEST_MS);
    int hash = place.id.hashCode() * 0x9E3779B9;
    long jitter = period == SHORTEST_MS ? 0 : Math.floorMod(hash >> 8, period / 4);
    long due = Math.max(turn + 1, (state.nowMs + period - jitter) / QueueEvent.Tick.MILLIS);
    wheel.get(bucket(due)).add(place);
  }

  private long credit(Place place) {
    return place.userClass == null ? 0 : state.rules.credits().getOrDefault(place.userClass, 0L);
  }

  private static long pollAfterMs(long position) {
    return Math.min(POLL_LONGEST_MS, POLL_SHORTEST_MS + position * POLL_PER_POSITION_MS);
  }

  private static int bucket(long turn) {
    return (int) Math.floorMod(turn, (long) BUCKETS);
  }
}
