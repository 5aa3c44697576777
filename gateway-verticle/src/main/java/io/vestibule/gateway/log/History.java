package io.vestibule.gateway.log;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.frame.FrameEncoder;
import io.vestibule.gateway.log.core.Message;
import io.vestibule.gateway.log.core.ReadRequest;
import io.vestibule.gateway.log.core.ReadRequest.From;
import io.vestibule.gateway.log.core.Slice;
import io.vestibule.gateway.topic.TopicName;
import io.vestibule.gateway.topic.TopicRules;
import java.util.List;
import java.util.function.LongSupplier;

/** Reads what is kept of durable topics. Any event loop; answers come to the caller's. */
public final class History {
  /** Messages of a page, where nobody says how many. */
  public static final int USUAL = 100;
  /** Messages of a page. */
  public static final int MOST = 1_000;

  private static final int PAGE_BYTES = 256 << 10;

  private final DurableTopics durable;
  private final TopicRules rules;
  private final LongSupplier epochMs;

  /**
   * Reads logs.
   *
   * @param epochMs Unix milliseconds
   */
  public History(DurableTopics durable, TopicRules rules, LongSupplier epochMs) {
    this.durable = durable;
    this.rules = rules;
    this.epochMs = epochMs;
  }

  /**
   * What to read.
   *
   * @param since the place to go on from, or null for the beginning in that direction; one of another epoch counts as none
   * @param limit messages, at most
   * @param reverse from the newest to the oldest
   */
  public record Query(String topic, Position since, int limit, boolean reverse) {}

  /**
   * Reads a page; permission is for others to check.
   *
   * @return the page; fails with {@link ErrorReason#STORE_UNAVAILABLE}
   * @throws Failure where the topic is malformed or not durable
   */
  public Future<HistoryPage> read(Query query) {
    TopicName.requirePublishable(query.topic());
    if (!rules.ruleFor(query.topic()).durable()) {
      throw Failure.of(ErrorReason.NOT_DURABLE);
    }
    return slice(query, query.since()).compose(slice -> query.since() != null && slice.epoch() != query.since().epoch() ? slice(query, null) : Future.succeededFuture(slice))
        .map(slice -> new HistoryPage(slice.epoch(), frames(slice), slice.more()))
        .recover(thrown -> Future.failedFuture(thrown instanceof Failure ? thrown : Failure.of(ErrorReason.STORE_UNAVAILABLE)));
  }

  private Future<Slice> slice(Query query, Position since) {
    From from = query.reverse() ? From.BEFORE_OFFSET : From.AFTER_OFFSET;
    long point = since != null ? since.offset() : query.reverse() ? 1L << 52 : 0;
    return durable.log().read(new ReadRequest(query.topic(), from, point, query.limit(), PAGE_BYTES, epochMs.getAsLong()));
  }

  private static List<Buffer> frames(Slice slice) {
    return slice.messages().stream().map(message -> frame(slice.epoch(), message)).toList();
  }

  private static Buffer frame(long epoch, Message message) {
    return FrameEncoder.withPosition(Buffer.buffer(message.payload()), new Position(epoch, message.offset()));
  }
}
