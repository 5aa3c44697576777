package io.vestibule.gateway.log;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vestibule.cluster.Bus;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.contract.log.EventLog;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.contract.log.LogKey;
import io.vestibule.contract.message.FanMessage.StoredAt;
import io.vestibule.contract.message.FanMessage;
import io.vestibule.gateway.fanout.Publication;
import io.vestibule.gateway.fanout.Published;
import io.vestibule.gateway.fanout.Publisher;
import io.vestibule.gateway.frame.FrameEncoder;
import io.vestibule.gateway.log.TopicQueue.Waiting;
import io.vestibule.gateway.log.core.Append.Draft;
import io.vestibule.gateway.log.core.Append;
import io.vestibule.gateway.log.core.Appended;
import io.vestibule.gateway.log.core.LogBounds;
import io.vestibule.gateway.metrics.GatewayMeters;
import io.vestibule.gateway.session.LoopClock;
import io.vestibule.gateway.topic.TopicRule;
import io.vestibule.gateway.topic.TopicRules;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Publishes to durable topics: stores first, then sends to every gateway instance. Of each topic one append is under way, what comes meanwhile goes with the next. One that failed is repeated as it is,
 * so that it is done once whatever became of it; where that does not help, everything that waits behind it fails too, so that order survives a retry. One for each event loop.
 */
public final class LogPublisher implements Publisher {
  private static final long PATIENCE_MS = 4_000;
  private static final long PAUSE_MS = 100;
  private static final long RETRY_MS = 1_000;
  private static final EventLog LOG = EventLog.of(LogPublisher.class);

  private final Vertx vertx;
  private final DurableTopics durable;
  private final FrameEncoder encoder;
  private final Bus bus;
  private final TopicRules rules;
  private final LoopClock clock;
  private final GatewayMeters meters;
  private final long writer = ThreadLocalRandom.current().nextLong();
  private final Map<String, TopicQueue> queues = new HashMap<>();
  private long number;

  /** The publisher of an event loop. */
  public LogPublisher(Vertx vertx, DurableTopics durable, FrameEncoder encoder, Bus bus, TopicRules rules, LoopClock clock, GatewayMeters meters) {
    this.vertx = vertx;
    this.durable = durable;
    this.encoder = encoder;
    this.bus = bus;
    this.rules = rules;
    this.clock = clock;
    this.meters = meters;
  }

  @Override
  public Future<Published> publish(Publication publication, String correlationId) {
    if (durable.isMinority()) {
      return Future.failedFuture(Failure.of(ErrorReason.MINORITY, "This node is cut off from most of its cluster and stores nothing.").retryAfter(RETRY_MS));
    }
    Buffer frame = encoder.message(publication);
    if (!durable.waiting().take(frame.length())) {
      return Future.failedFuture(notStored());
    }
    Promise<Published> promise = Promise.promise();
    Waiting message = new Waiting(new Draft(key(publication), frame.getBytes()), frame, publication.exceptConnection(), correlationId, promise);
    TopicQueue underWay = queues.get(publication.topic());
    TopicQueue queue = underWay == null ? new TopicQueue() : underWay;
    queue.add(message);
    if (underWay == null) {
      queues.put(publication.topic(), queue);
      next(publication.topic(), queue);
    }
    return promise.future();
  }

  /** What a message id means depends on who says it. */
  private static String key(Publication publication) {
    return publication.messageId() == null ? null : (publication.senderId() == null ? "" : publication.senderId()) + '\n' + publication.messageId();
  }

  private void next(String topic, TopicQueue queue) {
    if (queue.isEmpty()) {
      queues.remove(topic);
      return;
    }
    List<Waiting> batch = queue.next();
    TopicRule rule = rules.ruleFor(topic);
    LogBounds bounds = new LogBounds(rule.historySize(), rule.historyTime().toMillis(), rule.historyBytes());
    Append append = new Append(topic, writer, ++number, clock.epochMs().getAsLong(), DurableTopics.newEpoch(), bounds, batch.stream().map(Waiting::draft).toList());
    store(append, clock.monotonicMs().getAsLong() + PATIENCE_MS).onComplete(
        stored -> {
          batch.forEach(message -> durable.waiting().give(message.frame().length()));
          send(topic, batch, stored);
          next(topic, queue);
        },
        failed -> {
          LOG.warn(LogEvent.NOT_STORED, batch.get(0).correlationId()).with(LogKey.REASON, failed.getClass().getSimpleName()).write();
          batch.addAll(queue.drain());
          batch.forEach(message -> durable.waiting().give(message.frame().length()));
          queues.remove(topic);
          batch.forEach(message -> message.promise().fail(notStored()));
        });
  }

  private Future<Appended> store(Append append, long giveUpMs) {
    return durable.log().append(append).recover(thrown -> {
      if (clock.monotonicMs().getAsLong() >= giveUpMs) {
        return Future.failedFuture(thrown);
      }
      return vertx.timer(PAUSE_MS, TimeUnit.MILLISECONDS).compose(waited -> store(append, giveUpMs));
    });
  }

  private void send(String topic, List<Waiting> batch, Appended stored) {
    long end = Arrays.stream(stored.offsets()).map(Math::abs).max().orElse(0);
    durable.acknowledged().put(topic, new Position(stored.epoch(), end), clock.monotonicMs().getAsLong());
    long version = stored.firstVersion();
    long versionBefore = stored.versionBefore();
    for (int i = 0; i < batch.size(); i++) {
      Waiting message = batch.get(i);
      long offset = stored.offsets()[i];
      Position position = new Position(stored.epoch(), Math.abs(offset));
      if (offset > 0) {
        meters.published();
        StoredAt at = new StoredAt(stored.epoch(), offset, stored.lineage(), version, versionBefore);
        bus.publish(Addresses.FAN, new FanMessage(topic, FrameEncoder.withPosition(message.frame(), position), message.except(), at), message.correlationId());
        versionBefore = version++;
      }
      message.promise().complete(new Published(position, offset < 0));
    }
  }

  private static Failure notStored() {
    return Failure.of(ErrorReason.NOT_STORED).retryAfter(RETRY_MS);
  }
}
