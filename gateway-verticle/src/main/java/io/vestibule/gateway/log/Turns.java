package io.vestibule.gateway.log;

import io.vertx.core.Context;
import io.vestibule.contract.message.FanMessage;
import io.vestibule.gateway.log.core.Page;
import java.util.ArrayDeque;
import java.util.Deque;

/** The turns of those who come back on an event loop: as many of them at once as let others work too. */
final class Turns {
  private static final int MESSAGES = 1_000;
  private static final int STEPS = 500;

  private record Turn(TopicReturns topic, Comeback who, Page<FanMessage> page) {}

  private final Context context;
  private final Deque<Turn> turns = new ArrayDeque<>();
  private boolean due;

  Turns(Context context) {
    this.context = context;
  }

  /** Somebody is to be brought on. */
  void add(TopicReturns topic, Comeback who, Page<FanMessage> page) {
    turns.add(new Turn(topic, who, page));
    arm();
  }

  private void arm() {
    if (!due) {
      due = true;
      context.runOnContext(now -> take());
    }
  }

  private void take() {
    due = false;
    int messages = 0;
    for (int steps = 0; steps < STEPS && messages < MESSAGES && !turns.isEmpty(); steps++) {
      Turn turn = turns.poll();
      messages += turn.topic.step(turn.who, turn.page);
    }
    if (!turns.isEmpty()) {
      arm();
    }
  }
}
