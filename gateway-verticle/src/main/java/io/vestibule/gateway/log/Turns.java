package io.vestibule.gateway.log;

import io.vertx.core.Context;
import io.vestibule.contract.message.FanMessage;
import io.vestibule.gateway.log.core.Page;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.function.Consumer;

/** The turns of those who come back on an event loop: as many of them at once as let others work too. */
final class Turns {
  static final int STEPS = 500;
  private static final int MESSAGES = 1_000;

  private record Turn(TopicReturns topic, Comeback who, Page<FanMessage> page, boolean unread) {
    int take() {
      if (unread) {
        topic.unread(who);
        return 0;
      }
      return topic.step(who, page);
    }
  }

  private final Consumer<Runnable> soon;
  private final Consumer<Runnable> later;
  private final Deque<Turn> turns = new ArrayDeque<>();
  private boolean due;

  /** Those of an event loop. */
  Turns(Context context) {
    // A task that puts itself at the end of the loop's queue is run again before the loop looks at its sockets, for up to a second; a timer is not.
    this(task -> context.runOnContext(now -> task.run()), task -> context.owner().setTimer(1, id -> task.run()));
  }

  /**
   * The turns.
   *
   * @param soon runs something when this is done
   * @param later runs something when others have had their turn
   */
  Turns(Consumer<Runnable> soon, Consumer<Runnable> later) {
    this.soon = soon;
    this.later = later;
  }

  /** Somebody is to be brought on. */
  void add(TopicReturns topic, Comeback who, Page<FanMessage> page) {
    turns.add(new Turn(topic, who, page, false));
    arm();
  }

  /** All of them are, and are in the collection no more. */
  void addAll(TopicReturns topic, Collection<Comeback> all, Page<FanMessage> page) {
    all.forEach(who -> add(topic, who, page));
    all.clear();
  }

  /** Somebody is to be told that the log cannot be read. */
  void addUnread(TopicReturns topic, Comeback who) {
    turns.add(new Turn(topic, who, null, true));
    arm();
  }

  private void arm() {
    if (!due) {
      due = true;
      soon.accept(this::take);
    }
  }

  private void take() {
    try {
      int messages = 0;
      for (int steps = 0; steps < STEPS && messages < MESSAGES && !turns.isEmpty(); steps++) {
        messages += turns.poll().take();
      }
    } finally {
      // Whatever became of one, the others have theirs.
      due = !turns.isEmpty();
      if (due) {
        later.accept(this::take);
      }
    }
  }
}
