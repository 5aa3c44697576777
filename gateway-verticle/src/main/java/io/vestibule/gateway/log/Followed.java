package io.vestibule.gateway.log;

import io.vertx.core.Vertx;
import io.vestibule.contract.log.EventLog;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.contract.log.LogKey;
import io.vestibule.contract.message.FanMessage.StoredAt;
import io.vestibule.contract.message.FanMessage;
import io.vestibule.gateway.fanout.FanOut;
import io.vestibule.gateway.frame.FrameEncoder;
import io.vestibule.gateway.frame.ServerFrame;
import io.vestibule.gateway.log.core.ReadRequest.From;
import io.vestibule.gateway.log.core.ReadRequest;
import io.vestibule.gateway.log.core.Slice;
import io.vestibule.gateway.log.core.Tail;
import io.vestibule.gateway.log.store.TopicLog;
import io.vestibule.gateway.metrics.LogMeters;
import io.vestibule.gateway.session.LoopClock;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

/** A durable topic that somebody on this event loop is subscribed to: its tail, and the reading of what is missing. */
final class Followed implements Tail.Out<FanMessage> {
  private static final int PAGE = 500;
  private static final int PAGE_BYTES = 512 << 10;
  private static final long PAUSE_MS = 1_000;
  private static final EventLog EVENTS = EventLog.of(Followed.class);

  /**
   * What it works with.
   *
   * @param nothing the epoch of a topic without a log, as far as is known
   * @param look is told where something may be missing, or is not any more
   * @param forget is told where nobody is subscribed any more
   */
  record Parts(Vertx vertx, TopicLog log, RecentMessages recent, Turns turns, FanOut fanOut, FrameEncoder encoder, LoopClock clock, LogMeters meters, ToLongFunction<String> nothing,
      Consumer<Followed> look, Consumer<Followed> forget) {
    long nowMs() {
      return clock.monotonicMs().getAsLong();
    }
  }

  private final Parts parts;
  private final String topic;
  private final Tail<FanMessage> tail;
  private final LoopRecent recent;
  private final TopicReturns returns;
  private long sinceVersion;
  private boolean reading;
  private boolean forgotten;

  /**
   * A topic that is followed from now on.
   *
   * @param sinceVersion of the shard, after which a tail begins that has not begun; {@link LoopShards#NEVER} where it may begin anywhere
   */
  Followed(Parts parts, String topic, Tail<FanMessage> tail, long sinceVersion) {
    this.parts = parts;
    this.topic = topic;
    this.tail = tail;
    this.sinceVersion = sinceVersion;
    this.recent = new LoopRecent(parts, topic, tail);
    this.returns = new TopicReturns(this, parts, tail, recent);
  }

  String topic() {
    return topic;
  }

  boolean isMissing() {
    return tail.isMissing() && !forgotten;
  }

  boolean isIdle(long nowMs, long forMs) {
    return isQuiet() && tail.isIdle(nowMs, forMs);
  }

  /** Whether nothing is under way for it. */
  boolean isQuiet() {
    return !reading && returns.isEmpty();
  }

  /** The last place that went out, or that there is no log yet; null where it has not begun. */
  Position place() {
    return tail.begun() ? new Position(tail.epoch(), tail.offset()) : null;
  }

  /** Those who come back to it. */
  TopicReturns returns() {
    return returns;
  }

  /** Whether the tail has not begun, and nothing is owed to anybody from before it does. */
  boolean beginsAnywhere() {
    return sinceVersion == LoopShards.NEVER && !tail.begun();
  }

  /** What came in the shard after this is owed to somebody. */
  void owe(long version) {
    sinceVersion = version;
  }

  /** The tail begins here, unless it has begun. */
  void begin(long epoch, long offset) {
    tail.begin(epoch, offset, parts.nowMs(), this);
    look();
  }

  /** Something may be missing now, or not any more. */
  void look() {
    parts.look.accept(this);
  }

  /** The store is another one. */
  void lose(long nothing, boolean first) {
    tail.lose(nothing, first, this);
  }

  /** It is followed no more. */
  void end() {
    forgotten = true;
    recent.leave();
  }

  void hear(FanMessage message) {
    StoredAt at = message.stored();
    tail.hear(at.epoch(), at.offset(), message, parts.nowMs(), this);
    parts.look.accept(this);
  }

  void head(long epoch, long offset) {
    tail.head(epoch, offset, parts.nowMs());
    parts.look.accept(this);
  }

  void doubt() {
    tail.doubt(parts.nowMs());
    parts.look.accept(this);
  }

  void readIfDue(long nowMs) {
    if (beginsAnywhere() && !returns.isEmpty()) {
      // They ask where the log ends.
      return;
    }
    if (!reading && tail.isDue(nowMs)) {
      read();
    }
  }

  /** Reads at once what the tail begins with, if it is to begin somewhere. */
  void hurry() {
    if (!reading && !tail.begun() && !beginsAnywhere()) {
      read();
      // If that fails, it is read again.
      look();
    }
  }

  private void read() {
    reading = true;
    tail.asks();
    From from = tail.begun() ? From.AFTER_OFFSET : From.AFTER_VERSION;
    parts.log.read(new ReadRequest(topic, from, tail.begun() ? tail.offset() : sinceVersion, PAGE, PAGE_BYTES, parts.clock.epochMs().getAsLong())).onComplete(this::read, this::failed);
  }

  private void failed(Throwable thrown) {
    if (!tail.begun()) {
      returns.unreadable();
    }
    parts.vertx.setTimer(PAUSE_MS, id -> reading = false);
  }

  private void read(Slice slice) {
    List<FanMessage> messages = Recent.frames(topic, slice);
    parts.meters.read(messages.size());
    Tail.Behind behind = tail.read(slice, messages, parts.nothing.applyAsLong(topic), parts.nowMs(), this);
    if (behind == null) {
      reading = false;
    } else {
      EVENTS.warn(LogEvent.LOG_RENEWED, null).with(LogKey.TOPIC, topic).write();
      parts.meters.renewed();
      parts.log.renew(topic, behind.epoch(), behind.offset()).onComplete(done -> reading = false, failed -> parts.vertx.setTimer(PAUSE_MS, id -> reading = false));
    }
    parts.look.accept(this);
  }

  @Override
  public void begun() {
    recent.follow();
    returns.tailBegun();
  }

  @Override
  public void changed(long epoch, long offset) {
    if (!forgotten) {
      parts.fanOut.changed(topic, new Position(epoch, offset));
    }
  }

  @Override
  public void deliver(FanMessage message) {
    if (forgotten) {
      // Another follows it now.
      return;
    }
    recent.extend(message);
    if (!parts.fanOut.deliver(message) && returns.isEmpty()) {
      forgotten = true;
      parts.forget.accept(this);
    }
    returns.tailMoved();
  }

  @Override
  public void gap(long fromEpoch, long from, long toEpoch, long to) {
    if (forgotten) {
      return;
    }
    parts.meters.gap();
    parts.fanOut.deliver(new FanMessage(topic, parts.encoder.encode(new ServerFrame.Gap(topic, new Position(fromEpoch, from), new Position(toEpoch, to))), null));
    returns.tailMoved();
  }
}
