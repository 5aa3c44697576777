package io.vestibule.gateway.presence;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.contract.presence.PresenceFound.Found;
import io.vestibule.contract.presence.PresenceQuestion.Ask;
import io.vestibule.gateway.frame.FrameEncoder;
import io.vestibule.gateway.frame.ServerFrame.PresenceState;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Who is in topics that nobody here watches, asked of their owners. Many who ask the same at once are one question; an owner that does not know yet is asked again until the time is up. One context.
 */
final class Looks {
  /** How long somebody waits who wants to know. */
  static final long WITHIN_MS = 3_000;

  /** Users that are named, at most. */
  static final int NAMED = 1_000;

  private static final long PAUSE_MS = 100;
  private static final int MOST = 1_000;
  private static final long RETRY_MS = 1_000;

  private final Vertx vertx;
  private final PresenceLookup lookup;
  private final FrameEncoder encoder;
  private final LongSupplier nowMs;
  private final Map<String, Future<Buffer>> underWay = new HashMap<>();

  Looks(Vertx vertx, PresenceLookup lookup, FrameEncoder encoder, LongSupplier nowMs) {
    this.vertx = vertx;
    this.lookup = lookup;
    this.encoder = encoder;
    this.nowMs = nowMs;
  }

  /** A frame that says who is in a topic. */
  Future<Buffer> at(String topic) {
    Future<Buffer> same = underWay.get(topic);
    if (same != null) {
      return same;
    }
    if (underWay.size() >= MOST) {
      return Future.failedFuture(unavailable());
    }
    Future<Buffer> answer = ask(topic, nowMs.getAsLong() + WITHIN_MS).map(found -> encoder.encode(
        new PresenceState(null, topic, 0, found.count(), found.named(), found.named().size() < found.count())));
    underWay.put(topic, answer);
    return answer.onComplete(done -> underWay.remove(topic));
  }

  private Future<Found> ask(String topic, long untilMs) {
    long left = untilMs - nowMs.getAsLong();
    if (left <= 0) {
      return Future.failedFuture(unavailable());
    }
    return lookup.ask(List.of(new Ask(topic, null, NAMED)), Duration.ofMillis(left), null).map(all -> all.get(0)).compose(found -> found.count() >= 0 ? Future.succeededFuture(found)
        : vertx.timer(Math.max(1, Math.min(PAUSE_MS, untilMs - nowMs.getAsLong())), TimeUnit.MILLISECONDS).compose(paused -> ask(topic, untilMs)));
  }

  /** Nobody who knows can be asked now. */
  static Failure unavailable() {
    return Failure.of(ErrorReason.UNAVAILABLE).retryAfter(RETRY_MS);
  }
}
