package io.vestibule.gateway.auth;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vestibule.contract.log.EventLog;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.contract.log.LogKey;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Reads a key set when its time has come, when its file changes, and when a token names a key that is not known; hands what is new
 * to its owner. One reading at a time, whoever asks; a failure keeps what there is. Any thread: the lock guards a few fields and
 * is never held over work.
 */
final class JwksRefresher {
  private static final EventLog LOG = EventLog.of(JwksRefresher.class);
  private static final long NO_TIMER = -1;

  private final Vertx vertx;
  private final JwksSource source;
  private final JwksTiming timing;
  private final Function<Buffer, Future<Void>> owner;
  private final UnaryOperator<Future<Void>> watch;

  private Future<Void> underway;
  private Buffer taken;
  private String stamp;
  private int readings;
  private int failures;
  private long lastStartNanos;
  private long timer = NO_TIMER;
  private long fileTimer = NO_TIMER;
  private boolean closed;

  /**
   * A refresher that has not begun.
   *
   * @param owner takes the bytes of a changed set, or fails with {@link JwksParser.Unusable}
   * @param watch sees each reading as it begins
   */
  JwksRefresher(Vertx vertx, JwksSource source, JwksTiming timing, Function<Buffer, Future<Void>> owner, UnaryOperator<Future<Void>> watch) {
    this.vertx = vertx;
    this.source = source;
    this.timing = timing;
    this.owner = owner;
    this.watch = watch;
  }

  /** Reads for the first time and goes on from there; the future is that of the first reading. */
  Future<Void> start() {
    synchronized (this) {
      fileTimer = vertx.setPeriodic(timing.fileCheck().toMillis(), id -> checkStamp());
    }
    return refresh();
  }

  /**
   * Reads now, unless a reading asked for by a token is too recent.
   *
   * @return done when the reading is, one way or the other; at once where nothing is read
   */
  Future<Void> refreshOnDemand() {
    synchronized (this) {
      boolean tooSoon = readings > 0 && System.nanoTime() - lastStartNanos < timing.onDemand().toNanos();
      if (underway == null && tooSoon || closed) {
        return Future.succeededFuture();
      }
    }
    return refresh().otherwiseEmpty();
  }

  /** Ends the timers and lets go of the source. */
  Future<Void> close() {
    synchronized (this) {
      closed = true;
      vertx.cancelTimer(timer);
      vertx.cancelTimer(fileTimer);
    }
    return source.close();
  }

  private synchronized Future<Void> refresh() {
    if (underway != null) {
      return underway;
    }
    if (closed) {
      return Future.succeededFuture();
    }
    readings++;
    lastStartNanos = System.nanoTime();
    String flow = "keys-" + readings;
    // The stamp first: a change during the reading is then seen as one after it, and what cannot be read is not tried for ever.
    Future<Void> reading = watch.apply(source.stamp().compose(this::read).compose(this::take));
    underway = reading;
    reading.onComplete(done -> finished(done.cause(), flow));
    return reading;
  }

  private Future<Buffer> read(String stampBefore) {
    synchronized (this) {
      stamp = stampBefore;
    }
    return source.read();
  }

  private Future<Void> take(Buffer bytes) {
    synchronized (this) {
      if (bytes.equals(taken)) {
        return Future.succeededFuture();
      }
    }
    return owner
        .apply(bytes)
        .onSuccess(
            done -> {
              synchronized (this) {
                taken = bytes;
              }
            });
  }

  private void finished(Throwable cause, String flow) {
    if (cause != null) {
      LogEvent event = cause instanceof JwksParser.Unusable ? LogEvent.KEYS_REFUSED : LogEvent.KEYS_FETCH_FAILED;
      LOG.warn(event, flow).with(LogKey.URL, source.place()).with(LogKey.DETAIL, cause.getMessage()).write();
    }
    synchronized (this) {
      underway = null;
      failures = cause == null ? 0 : failures + 1;
      if (!closed) {
        vertx.cancelTimer(timer);
        timer = vertx.setTimer(timing.delayMs(failures), id -> refresh());
      }
    }
  }

  private void checkStamp() {
    source.stamp().onSuccess(now -> {
      boolean changed;
      synchronized (this) {
        changed = underway == null && !now.equals(stamp);
      }
      if (changed) {
        refresh();
      }
    });
  }
}
