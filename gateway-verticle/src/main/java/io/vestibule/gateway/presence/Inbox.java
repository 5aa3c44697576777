package io.vestibule.gateway.presence;

import io.vertx.core.Context;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What event loops want done on the context of the node, in the order of each. What comes in one go is done in one go. It holds what is under way between two threads, a moment's worth; where the node does
 * not get on, it is full at some time. Whoever wants something new done asks before, and ends its client's connection where it is full: the client comes back and says everything again. What ends something
 * that was begun is always taken, and cannot be more than what was.
 */
final class Inbox {
  /** Some 20 MB. */
  static final int MOST = 200_000;

  private final Context context;
  private final Runnable afterwards;
  private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
  final AtomicInteger size = new AtomicInteger();
  private final AtomicBoolean called = new AtomicBoolean();

  /**
   * An empty one.
   *
   * @param afterwards is done behind what came in one go
   */
  Inbox(Context context, Runnable afterwards) {
    this.context = context;
    this.afterwards = afterwards;
  }

  /** Whether nothing new may be added; any thread. */
  boolean isFull() {
    return size.get() >= MOST;
  }

  /** Has it done soon; any thread. */
  void add(Runnable work) {
    size.incrementAndGet();
    waiting.add(work);
    if (called.compareAndSet(false, true)) {
      context.runOnContext(here -> doAll());
    }
  }

  private void doAll() {
    // Before it is looked at, so that whoever comes too late for this look calls again.
    called.set(false);
    for (Runnable work = waiting.poll(); work != null; work = waiting.poll()) {
      size.decrementAndGet();
      work.run();
    }
    afterwards.run();
  }
}
