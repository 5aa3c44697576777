package io.vestibule.gateway.transport;

import io.netty.channel.EventLoop;
import io.vestibule.contract.log.EventLog;
import io.vestibule.contract.log.LogEvent;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;

/**
 * Joins flushes. A system call for each message is most of what a delivery costs, so what is written in one turn of the event loop is flushed once at its end;
 * and a socket that was flushed within the last moment waits until that moment is over, so a fast stream is sent in batches and a slow one is never delayed.
 */
public final class FlushQueue {
  private static final EventLog LOG = EventLog.of(FlushQueue.class);

  /** Something that has written and not flushed. */
  interface Flushable {
    void flush();

    /** When it was flushed last, in nanoseconds of {@link System#nanoTime}. */
    long flushedAtNanos();
  }

  private final EventLoop eventLoop;
  private final long delayNanos;
  private final Batch endOfTurn = new Batch();
  private final Batch afterDelay = new Batch();

  /**
   * A queue.
   *
   * @param delayNanos how long a socket may wait after its last flush; 0: it never waits longer than the turn
   */
  public FlushQueue(EventLoop eventLoop, long delayNanos) {
    this.eventLoop = eventLoop;
    this.delayNanos = delayNanos;
  }

  /** Flushes this soon, once; the caller sees to it that it is not in the queue yet. */
  void add(Flushable flushable) {
    if (System.nanoTime() - flushable.flushedAtNanos() >= delayNanos) {
      if (endOfTurn.add(flushable)) {
        eventLoop.execute(endOfTurn);
      }
    } else if (afterDelay.add(flushable)) {
      eventLoop.schedule(afterDelay, delayNanos, TimeUnit.NANOSECONDS);
    }
  }

  /** What is flushed together. While it flushes, what is written anew gathers in the other list. */
  private static final class Batch implements Runnable {
    private ArrayList<Flushable> gathering = new ArrayList<>();
    private ArrayList<Flushable> flushing = new ArrayList<>();

    /** Adds one, and says whether it is the first of its batch. */
    boolean add(Flushable flushable) {
      gathering.add(flushable);
      return gathering.size() == 1;
    }

    @Override
    public void run() {
      ArrayList<Flushable> due = gathering;
      gathering = flushing;
      flushing = due;
      for (int i = 0, n = due.size(); i < n; i++) {
        flush(due.get(i));
      }
      due.clear();
    }

    /** One that fails (no memory for its bytes) must not keep the others from being flushed, nor leave its batch behind, or nothing would ever be flushed again. */
    private static void flush(Flushable one) {
      try {
        one.flush();
      } catch (RuntimeException | OutOfMemoryError failed) {
        LOG.error(LogEvent.INTERNAL_ERROR, null).cause(failed).write();
      }
    }
  }
}
