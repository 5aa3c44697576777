package io.vestibule.cluster.store;

import static io.vestibule.cluster.TestCluster.await;
import static io.vestibule.cluster.TestCluster.eventually;
import static io.vestibule.cluster.TestCluster.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A call to Redis ends by its deadline, whatever comes back; and the next one is well again. */
class RedisLinkIT {
  private static final Duration DEADLINE = Duration.ofMillis(300);

  private static Vertx vertx;
  private static TestRedis redis;

  @BeforeAll
  static void open() {
    vertx = Vertx.vertx();
    redis = new TestRedis(false).start();
  }

  @AfterAll
  static void close() {
    await(vertx.close());
    redis.close();
  }

  private static Request append(String text) {
    return Request.cmd(Command.APPEND).arg("text").arg(text);
  }

  private static void works(RedisLink link) {
    eventually(() -> link.send(Request.cmd(Command.PING)).map(true).otherwise(false).toCompletionStage().toCompletableFuture().join());
  }

  /** Makes calls, and tells whether they are over by twice the deadline, whatever comes of them. The clock is that of the event loop they are made on: what holds up one holds up the other. */
  private static boolean endsInTime(Supplier<Future<?>> calls) {
    Promise<Boolean> inTime = Promise.promise();
    vertx.runOnContext(go -> {
      calls.get().onComplete(ended -> inTime.tryComplete(true));
      vertx.setTimer(2 * DEADLINE.toMillis(), late -> inTime.tryComplete(false));
    });
    return await(inTime.future());
  }

  /** Whoever happens to ask first may be undeployed before others. */
  @Test
  void itBelongsToNoVerticle() {
    RedisLink link = new RedisLink(vertx, redis.url(), Duration.ofSeconds(20));
    Request whichConnection = Request.cmd(Command.CLIENT).arg("ID");
    AtomicReference<Response> first = new AtomicReference<>();
    String asks = await(vertx.deployVerticle(new VerticleBase() {
      @Override
      public Future<?> start() {
        return link.send(whichConnection).onSuccess(first::set);
      }
    }));
    await(vertx.undeploy(asks));
    assertThat(await(link.send(whichConnection)).toLong()).isEqualTo(first.get().toLong());
    await(link.close());
  }

  /** The connection stays open: while it is made, in the middle of an answer, and between two. */
  @Test
  void whereverAnswersEndACallDoes() {
    try (RedisRelay relay = new RedisRelay(redis.port())) {
      for (int bytes = 0; bytes < 300; bytes = bytes < 20 ? bytes + 5 : bytes + 40) {
        RedisLink link = new RedisLink(vertx, relay.url(), DEADLINE);
        relay.swallowAfter(bytes);
        AtomicReference<Future<Response>> behind = new AtomicReference<>();
        assertThat(endsInTime(() -> {
          Future<List<Response>> both = link.send(append("a"), Request.cmd(Command.ECHO).arg("x".repeat(200)));
          behind.set(link.send(Request.cmd(Command.ECHO).arg("y".repeat(200))));
          return Future.join(both, behind.get());
        })).as("with %d bytes", bytes).isTrue();
        assertThat(behind.get().failed()).as("with %d bytes", bytes).isTrue();
        relay.swallowAfter(Long.MAX_VALUE);
        works(link);
        await(link.close());
      }
    }
  }

  @Test
  void whoAnswersNonsenseIsGivenUp() {
    NetServer nonsense = await(vertx.createNetServer().connectHandler(socket -> socket.handler(question -> socket.write(Buffer.buffer("nonsense\r\n*-7\r\n")))).listen(0, "127.0.0.1"));
    RedisLink link = new RedisLink(vertx, "redis://127.0.0.1:" + nonsense.actualPort(), DEADLINE);
    for (int i = 0; i < 3; i++) {
      assertThat(endsInTime(() -> link.send(Request.cmd(Command.PING)))).isTrue();
      assertThat(failureOf(link.send(Request.cmd(Command.PING)))).isNotNull();
    }
    await(link.close());
    await(nonsense.close());
  }

  /** As many topics may be published to at the same moment. */
  @Test
  void thousandsAtOnceAreAnswered() {
    RedisLink link = new RedisLink(vertx, redis.url(), Duration.ofSeconds(20));
    List<Future<Response>> calls = IntStream.range(0, 10_000).mapToObj(i -> link.send(append("x"))).toList();
    assertThat(await(Future.join(calls)).size()).isEqualTo(10_000);
    await(link.close());
  }

  /** What waits while Redis hangs is bounded, and the connection is not given up for what is too much. */
  @Test
  void whatIsTooMuchIsRefusedAtOnceAndNothingElse() {
    RedisLink link = new RedisLink(vertx, redis.url(), Duration.ofSeconds(20));
    works(link);
    redis.freeze();
    List<Future<Response>> calls;
    try {
      calls = IntStream.range(0, RedisLink.MOST_WAITING + 100).mapToObj(i -> link.send(Request.cmd(Command.PING))).toList();
      eventually(() -> calls.stream().filter(Future::failed).count() == 100);
      assertThat(calls.stream().filter(Future::failed).map(Future::cause)).allMatch(RedisLink.BusyException.class::isInstance);
    } finally {
      redis.thaw();
    }
    eventually(() -> calls.stream().allMatch(Future::isComplete));
    assertThat(calls.stream().filter(Future::failed).count()).isEqualTo(100);
    works(link);
    await(link.close());
  }

  /** For as long as it is slow, each call costs no more than its deadline, and nothing is left of it. */
  @Test
  void nothingIsLeftOfWhatIsTooSlow() {
    try (RedisRelay relay = new RedisRelay(redis.port())) {
      RedisLink link = new RedisLink(vertx, relay.url(), DEADLINE);
      works(link);
      relay.delay(30 * DEADLINE.toMillis());
      for (int round = 0; round < 10; round++) {
        List<Future<Response>> calls = new ArrayList<>();
        assertThat(endsInTime(() -> {
          IntStream.range(0, 500).forEach(i -> calls.add(link.send(append("x".repeat(1_000)))));
          return Future.join(calls);
        })).isTrue();
        assertThat(calls).allMatch(Future::failed);
        assertThat(link.waiting()).isZero();
      }
      assertThat(failureOf(link.send(append("x")))).isInstanceOf(TimeoutException.class);
      relay.delay(0);
      works(link);
      await(link.close());
    }
  }
}
