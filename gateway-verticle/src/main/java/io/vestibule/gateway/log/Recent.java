package io.vestibule.gateway.log;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import io.vestibule.contract.message.FanMessage;
import io.vestibule.gateway.frame.FrameEncoder;
import io.vestibule.gateway.log.core.Page;
import io.vestibule.gateway.log.core.ReadRequest.From;
import io.vestibule.gateway.log.core.ReadRequest;
import io.vestibule.gateway.log.core.RecentRun;
import io.vestibule.gateway.log.core.Slice;
import io.vestibule.gateway.session.LoopClock;
import java.util.ArrayList;
import java.util.List;

/** What those who come back to a topic on this node share: one read at a time, and what it and the tails of the node brought. Thread-safe. */
final class Recent {
  private static final int PAGE = 500;
  private static final int PAGE_BYTES = 512 << 10;
  /** Messages that are handed out at once. */
  private static final int SOME = 128;

  private final RecentMessages all;
  private final String topic;
  private final RecentRun<FanMessage> run;
  private List<Promise<Page<FanMessage>>> readers;
  private int followers;
  private long counted;
  private boolean closed;
  private volatile long usedMs;

  Recent(RecentMessages all, String topic, long topicBytes, long nowMs) {
    this.all = all;
    this.topic = topic;
    this.run = new RecentRun<>(RecentMessages::sizeOf, topicBytes);
    this.usedMs = nowMs;
  }

  String topic() {
    return topic;
  }

  long usedMs() {
    return usedMs;
  }

  /** A tail of the node that is at this place tells from now on what it delivers. */
  synchronized void followed(long epoch, long offset) {
    followers++;
    run.follow(epoch, offset);
  }

  /** A tail of the node does so no more. */
  synchronized void left() {
    followers--;
  }

  /** Where the tails of the node are, with nothing but its place; null where none tells. */
  synchronized Position end() {
    return followers > 0 && !closed && run.end() >= 0 ? new Position(run.epoch(), run.end()) : null;
  }

  /** A tail has delivered a message; says whether it wants to hear of the next. */
  boolean extend(long epoch, long offset, FanMessage message) {
    synchronized (this) {
      if (closed) {
        return false;
      }
      run.extend(epoch, offset, message);
    }
    count();
    return true;
  }

  /** What is known to come after an offset, or null. */
  synchronized Page<FanMessage> after(long epoch, long offset, long nowMs) {
    usedMs = nowMs;
    return closed ? null : run.after(epoch, offset, SOME);
  }

  /** Reads what comes after an offset, or waits for another read that is under way: then what it brought is something else, maybe. Completes on the caller's context. */
  Future<Page<FanMessage>> read(Vertx vertx, long epoch, long offset, LoopClock clock) {
    Promise<Page<FanMessage>> promise = ((ContextInternal) vertx.getOrCreateContext()).promise();
    long after;
    synchronized (this) {
      usedMs = clock.monotonicMs().getAsLong();
      if (readers != null) {
        readers.add(promise);
        all.meters().shared();
        return promise.future();
      }
      readers = new ArrayList<>();
      readers.add(promise);
      after = run.readAfter(epoch, offset);
    }
    all.meters().recentRead();
    all.log().read(new ReadRequest(topic, From.AFTER_OFFSET, after, PAGE, PAGE_BYTES, clock.epochMs().getAsLong())).map(slice -> page(slice, after)).onComplete(
        page -> {
          List<Promise<Page<FanMessage>>> waited = arrived(page);
          count();
          waited.forEach(reader -> reader.complete(page));
        },
        failed -> arrived(null).forEach(reader -> reader.fail(failed)));
    return promise.future();
  }

  private synchronized List<Promise<Page<FanMessage>>> arrived(Page<FanMessage> page) {
    if (page != null && !closed) {
      run.read(page);
    }
    List<Promise<Page<FanMessage>>> waited = readers;
    readers = null;
    return waited;
  }

  private Page<FanMessage> page(Slice slice, long after) {
    return Page.of(slice, after, frames(topic, slice));
  }

  /** The messages of a slice as they go out. */
  static List<FanMessage> frames(String topic, Slice slice) {
    return slice.messages().stream()
        .map(message -> new FanMessage(topic, FrameEncoder.withPosition(Buffer.buffer(message.payload()), new Position(slice.epoch(), message.offset())), null)).toList();
  }

  private void count() {
    long change;
    synchronized (this) {
      long now = closed ? 0 : run.bytes();
      change = now - counted;
      counted = now;
    }
    all.grown(this, change);
  }

  /** Whether nobody has wanted anything since then. */
  synchronized boolean isIdle(long sinceMs) {
    return readers == null && usedMs < sinceMs;
  }

  /** It is of no more use. */
  void close() {
    synchronized (this) {
      closed = true;
      run.forget();
    }
    count();
  }

  synchronized boolean isClosed() {
    return closed;
  }
}
