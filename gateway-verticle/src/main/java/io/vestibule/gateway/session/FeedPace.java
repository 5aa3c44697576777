package io.vestibule.gateway.session;

import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Lets those who begin with many topics at once do so one topic after the other: some in a turn of their event loop, and so many under way, which all who wait take in turns. So whoever wants one topic waits for one
 * of each of the others at the most, and the loop does its other work meanwhile. One event loop.
 */
public final class FeedPace {
  static final int IN_A_TURN = 32;
  static final int UNDER_WAY = 64;
  /** A log that cannot be read keeps nobody waiting longer who wants another. */
  static final long PATIENCE_MS = 1_000;

  /** What somebody begins with. */
  interface Wishes {
    /**
     * Begins with the next topic.
     *
     * @return done when that has begun, or will not; null where there is none left
     */
    Future<?> next();
  }

  /** A topic that has not begun yet. */
  private static final class Begins {
    private final long sinceMs;

    Begins(long nowMs) {
      sinceMs = nowMs;
    }
  }

  private final Consumer<Runnable> later;
  private final LoopClock clock;
  private final Set<Wishes> waiting = new LinkedHashSet<>();
  private final Set<Begins> underWay = new LinkedHashSet<>();
  private boolean due;

  /** That of an event loop. */
  public FeedPace(Context context, LoopClock clock) {
    // Not at the end of the loop's queue, which is looked at again before its sockets are.
    this(task -> context.owner().setTimer(1, id -> task.run()), clock);
  }

  /**
   * A pace.
   *
   * @param later runs something when others have had their turn
   */
  FeedPace(Consumer<Runnable> later, LoopClock clock) {
    this.later = later;
    this.clock = clock;
  }

  /** Somebody begins with topics, at once where nobody has had this turn; who does so already goes on. */
  void add(Wishes wishes) {
    waiting.add(wishes);
    take();
  }

  private void take() {
    if (due || waiting.isEmpty() || underWay.size() >= UNDER_WAY) {
      return;
    }
    // Whatever becomes of one, the others have the next turn.
    due = true;
    later.accept(() -> {
      due = false;
      take();
    });
    for (int taken = 0; taken < IN_A_TURN && !waiting.isEmpty() && underWay.size() < UNDER_WAY; taken++) {
      takeOne();
    }
  }

  private void takeOne() {
    Iterator<Wishes> first = waiting.iterator();
    Wishes next = first.next();
    first.remove();
    Future<?> begun = next.next();
    if (begun != null) {
      waiting.add(next);
      if (!begun.isComplete()) {
        Begins begins = new Begins(nowMs());
        underWay.add(begins);
        begun.onComplete(done -> end(begins));
      }
    }
  }

  private void end(Begins begins) {
    if (underWay.remove(begins)) {
      take();
    }
  }

  /** To be called now and then. */
  public void tick() {
    Iterator<Begins> eldest = underWay.iterator();
    while (eldest.hasNext() && nowMs() - eldest.next().sinceMs >= PATIENCE_MS) {
      eldest.remove();
    }
    take();
  }

  private long nowMs() {
    return clock.monotonicMs().getAsLong();
  }
}
