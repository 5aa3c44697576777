package io.vestibule.gateway.log;

import static io.vestibule.cluster.TestCluster.await;
import static io.vestibule.cluster.TestCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vestibule.contract.message.FanMessage;
import io.vestibule.gateway.log.core.Append;
import io.vestibule.gateway.log.core.LogBounds;
import io.vestibule.gateway.log.core.Page;
import io.vestibule.gateway.log.store.MemoryTopicLog;
import io.vestibule.gateway.metrics.LogMeters;
import io.vestibule.gateway.session.LoopClock;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What a node has of topics' recent messages is of use until it is closed, and then takes nothing any more. */
class RecentTest {
  private static final Vertx VERTX = Vertx.vertx();
  private static final LoopClock CLOCK = new LoopClock(() -> 0, () -> 1_700_000_000_000L);
  private static final int MESSAGES = 10;
  private static final byte[] FRAME = ("{\"data\":\"" + "x".repeat(1_000) + "\"}").getBytes();
  /** Room for the messages of one topic, and not for those of two. */
  private static final long NODE_BYTES = 15_000;
  private static final long IDLE_MS = 15_001;

  private final MemoryTopicLog log = new MemoryTopicLog(VERTX);
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final RecentMessages all = new RecentMessages(log, new LogMeters(registry), 1 << 20, NODE_BYTES);

  @AfterAll
  static void close() {
    await(VERTX.close());
  }

  private long store(String topic) {
    return await(log.append(new Append(topic, 1, 1, CLOCK.epochMs().getAsLong(), DurableTopics.newEpoch(), new LogBounds(1_000, 3_600_000, 0),
        Collections.nCopies(MESSAGES, new Append.Draft(null, FRAME))))).epoch();
  }

  private double bytes() {
    return registry.get("vestibule.log.recent.bytes").gauge().value();
  }

  private Recent read(String topic, long epoch, long nowMs) {
    Recent recent = all.of(topic, nowMs);
    assertThat(await(recent.read(VERTX, epoch, 0, new LoopClock(() -> nowMs, CLOCK.epochMs()))).messages()).hasSize(MESSAGES);
    return recent;
  }

  private void isClosed(Recent recent, long epoch, FanMessage next) {
    assertThat(recent.isClosed()).isTrue();
    assertThat(recent.end()).isNull();
    assertThat(recent.after(epoch, 0, 0)).isNull();
    double before = bytes();
    assertThat(recent.extend(epoch, MESSAGES + 1, next)).as("wants to hear of the next").isFalse();
    assertThat(bytes()).isEqualTo(before);
  }

  @Test
  void theTopicThatWasAskedForLongestAgoMakesRoom() {
    long first = store("durable.a");
    long second = store("durable.b");
    Recent older = read("durable.a", first, 1);
    older.followed(first, MESSAGES);
    FanMessage message = older.after(first, 0, 1).messages().get(0);
    assertThat(older.end()).isEqualTo(new Position(first, MESSAGES));
    double one = bytes();
    assertThat(one).isPositive();
    Recent newer = read("durable.b", second, 2);
    isClosed(older, first, message);
    assertThat(newer.isClosed()).isFalse();
    assertThat(bytes()).as("epochs are of different lengths").isCloseTo(one, within(100.0));
    older.left();
    assertThat(all.of("durable.a", 3)).as("begun anew").isNotSameAs(older);
    all.tick(2 + IDLE_MS);
    isClosed(newer, second, message);
    assertThat(bytes()).isZero();
  }

  /** Whoever waits gets what he waits for, and it is kept for nobody. */
  @Test
  void aReadThatIsAnsweredTooLateIsStillAnAnswer() {
    long first = store("durable.a");
    long second = store("durable.b");
    Recent older = read("durable.a", first, 1);
    Promise<Void> answers = Promise.promise();
    log.answering = answers.future();
    List<Future<Page<FanMessage>>> waiting = List.of(older.read(VERTX, first, 0, CLOCK), older.read(VERTX, first, 0, CLOCK));
    log.answering = Future.succeededFuture();
    read("durable.b", second, 2);
    assertThat(older.isClosed()).isTrue();
    double other = bytes();
    answers.complete();
    waiting.forEach(page -> assertThat(await(page).messages()).hasSize(MESSAGES));
    assertThat(older.after(first, 0, 3)).isNull();
    assertThat(bytes()).isEqualTo(other);
  }

  @Test
  void whatIsReadIsNotIdle() {
    long epoch = store("durable.a");
    Promise<Void> answers = Promise.promise();
    log.answering = answers.future();
    Recent recent = all.of("durable.a", 1);
    Future<Page<FanMessage>> page = recent.read(VERTX, epoch, 0, CLOCK);
    all.tick(1 + IDLE_MS);
    assertThat(recent.isClosed()).isFalse();
    answers.complete();
    assertThat(await(page).messages()).hasSize(MESSAGES);
    all.tick(2 * IDLE_MS);
    eventually(recent::isClosed);
    assertThat(bytes()).isZero();
  }
}
