package io.vestibule.gateway.transport;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.vestibule.contract.log.EventLog;
import io.vestibule.contract.log.LogEvent;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;

/**
 * Joins flushes. A system call for each message is most of what a delivery costs, so what is written in one turn of the event loop is flushed once at its end;
 * and deliveries to a socket that was flushed within the last moment wait for others, until there are as many as come within the flush delay, or it is over ({@link Pace}). So a fast stream is
 * sent in batches, and neither a slow one nor an answer is ever delayed.
 */
public final class FlushQueue {
  private static final EventLog LOG = EventLog.of(FlushQueue.class);

  /** Something that has written and not flushed. */
  interface Flushable {
    void flush();
  }

  private final EventLoop eventLoop;
  private final long delayNanos;
  private final Runnable endOfTurn = this::endTurn;
  private final Runnable overdue = this::flushOverdue;
  private ArrayList<Pace> gathering = new ArrayList<>();
  private ArrayList<Pace> flushing = new ArrayList<>();
  private boolean turnBegun;
  private long nowNanos;
  private Pace first;
  private Pace last;
  private Future<?> timer;
  private long timerNanos;
  private int spread;

  /**
   * A queue.
   *
   * @param delayNanos how long a delivery may wait for others after its socket's last flush; 0: no longer than the turn
   */
  public FlushQueue(EventLoop eventLoop, long delayNanos) {
    this.eventLoop = eventLoop;
    this.delayNanos = delayNanos;
  }

  /** The way of one socket through this queue. */
  Pace pace(Flushable socket) {
    return new Pace(socket, System.nanoTime());
  }

  /** Flushes at the end of the turn. */
  void flushSoon(Pace pace) {
    if (!pace.due) {
      pace.due = true;
      gathering.add(pace);
      beginTurn();
    }
  }

  /** A delivery was written; it is flushed when its socket's pace says so. */
  void delivered(Pace pace) {
    beginTurn();
    if (pace.joins(nowNanos, delayNanos)) {
      flushSoon(pace);
    } else if (!pace.due && !pace.held) {
      hold(pace);
    }
  }

  private void beginTurn() {
    if (!turnBegun) {
      turnBegun = true;
      nowNanos = System.nanoTime();
      eventLoop.execute(endOfTurn);
    }
  }

  private void endTurn() {
    turnBegun = false;
    nowNanos = System.nanoTime();
    ArrayList<Pace> due = gathering;
    gathering = flushing;
    flushing = due;
    for (int i = 0, n = due.size(); i < n; i++) {
      Pace pace = due.get(i);
      pace.due = false;
      flush(pace);
    }
    due.clear();
    watchOldest();
  }

  private void flushOverdue() {
    timer = null;
    nowNanos = System.nanoTime();
    while (first != null && nowNanos - first.heldSinceNanos >= delayNanos) {
      flush(first);
    }
    watchOldest();
  }

  /** One that fails (no memory for its bytes) must not keep the others from being flushed, nor leave its batch behind, or nothing would ever be flushed again. */
  private void flush(Pace pace) {
    if (pace.held) {
      letGo(pace);
    }
    pace.flushed(nowNanos, delayNanos, spread++);
    try {
      pace.socket.flush();
    } catch (RuntimeException | OutOfMemoryError failed) {
      LOG.error(LogEvent.INTERNAL_ERROR, null).cause(failed).write();
    }
  }

  private void hold(Pace pace) {
    pace.held = true;
    pace.heldSinceNanos = nowNanos;
    pace.before = last;
    if (last == null) {
      first = pace;
    } else {
      last.behind = pace;
    }
    last = pace;
  }

  private void letGo(Pace pace) {
    pace.held = false;
    if (pace.before == null) {
      first = pace.behind;
    } else {
      pace.before.behind = pace.behind;
    }
    if (pace.behind == null) {
      last = pace.before;
    } else {
      pace.behind.before = pace.before;
    }
    pace.before = null;
    pace.behind = null;
  }

  /** The timer stands at the end of the longest wait, and moves on as long as the stream sees to it that nobody waits so long. */
  private void watchOldest() {
    if (timer != null && (first == null || timerNanos != first.heldSinceNanos)) {
      timer.cancel(false);
      timer = null;
    }
    if (timer == null && first != null) {
      timerNanos = first.heldSinceNanos;
      timer = eventLoop.schedule(overdue, Math.max(0, timerNanos + delayNanos - nowNanos), TimeUnit.NANOSECONDS);
    }
  }
}
