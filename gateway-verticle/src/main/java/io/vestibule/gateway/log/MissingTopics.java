package io.vestibule.gateway.log;

import io.vertx.core.Vertx;
import io.vestibule.gateway.log.core.Tail;
import io.vestibule.gateway.session.LoopClock;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The topics of an event loop in which something is missing: it is waited for a moment, then read. */
final class MissingTopics {
  private final Vertx vertx;
  private final LoopClock clock;
  private final Set<Followed> topics = new LinkedHashSet<>();
  private boolean armed;

  MissingTopics(Vertx vertx, LoopClock clock) {
    this.vertx = vertx;
    this.clock = clock;
  }

  /** Something may be missing in a topic now, or not any more. */
  void look(Followed topic) {
    if (!topic.isMissing()) {
      topics.remove(topic);
    } else if (topics.add(topic)) {
      arm();
    }
  }

  /** It is followed no more. */
  void forget(Followed topic) {
    topics.remove(topic);
  }

  private void arm() {
    if (!armed) {
      armed = true;
      vertx.setTimer(Tail.PATIENCE_MS, id -> {
        armed = false;
        List.copyOf(topics).forEach(topic -> topic.readIfDue(clock.monotonicMs().getAsLong()));
        if (!topics.isEmpty()) {
          arm();
        }
      });
    }
  }
}
