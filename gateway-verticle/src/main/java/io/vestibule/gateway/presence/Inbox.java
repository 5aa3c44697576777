package io.vestibule.gateway.presence;

import io.vertx.core.Context;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What event loops want done on the context of the node, in the order of each. What comes in one go is done in one go. It holds what is under way between two threads, a moment's worth: whoever brings it has
 * been bounded before, by what clients may send and hold.
 */
final class Inbox {
  private final Context context;
  private final Runnable afterwards;
  private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
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

  /** Has it done soon; any thread. */
  void add(Runnable work) {
    waiting.add(work);
    if (called.compareAndSet(false, true)) {
      context.runOnContext(here -> doAll());
    }
  }

  private void doAll() {
    // Before it is looked at, so that whoever comes too late for this look calls again.
    called.set(false);
    for (Runnable work = waiting.poll(); work != null; work = waiting.poll()) {
      work.run();
    }
    afterwards.run();
  }
}
