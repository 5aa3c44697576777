package io.vestibule.gateway.log;

import static io.vestibule.cluster.TestCluster.await;
import static io.vestibule.cluster.TestCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vestibule.contract.message.FanMessage;
import io.vestibule.contract.message.FanMessage.StoredAt;
import io.vestibule.gateway.fanout.FanOut;
import io.vestibule.gateway.frame.FrameEncoder;
import io.vestibule.gateway.log.HeadWatch.Heads;
import io.vestibule.gateway.log.core.Append;
import io.vestibule.gateway.log.core.Appended;
import io.vestibule.gateway.log.core.LogBounds;
import io.vestibule.gateway.log.core.Moved;
import io.vestibule.gateway.log.store.MemoryTopicLog;
import io.vestibule.gateway.log.store.TopicLog;
import io.vestibule.gateway.metrics.GatewayMeters;
import io.vestibule.gateway.metrics.LogMeters;
import io.vestibule.gateway.session.Connection;
import io.vestibule.gateway.session.ConnectionProbe;
import io.vestibule.gateway.session.LoopClock;
import io.vestibule.gateway.topic.Permissions;
import io.vestibule.gateway.topic.SubscriptionTrie;
import io.vestibule.gateway.topic.TopicPattern;
import io.vestibule.gateway.topic.TopicRuleConfig;
import io.vestibule.gateway.topic.TopicRules;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** The tails of one event loop, which the test tells what comes over the bus and what moved. Who is subscribed without having begun is as one who hears by a pattern. */
class LoopTailsTest {
  private static final Vertx VERTX = Vertx.vertx();
  private static final String TOPIC = "durable.a";
  private static final long NOW = 1_700_000_000_000L;
  /** Topics that are followed though they are quiet. */
  private static final int MOST_QUIET = 20_000;
  private static final long IDLE_MS = 61_000;
  private static final long SWEEP_MS = 16_000;

  private final MemoryTopicLog log = new MemoryTopicLog(VERTX);
  private final AtomicLong skewMs = new AtomicLong();
  private final LoopClock clock = new LoopClock(() -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()) + skewMs.get(), () -> NOW);
  private final SubscriptionTrie<Connection> trie = new SubscriptionTrie<>();
  private final Context context = VERTX.getOrCreateContext();
  private final Acknowledged acknowledged = new Acknowledged();
  private final TopicRules rules = TopicRules.of(List.of(new TopicRuleConfig("**", "anyone", "servers", true, null, null, null, null, null, null, null, null, null, null)));
  private final LoopTails tails = new LoopTails(context, new RecentMessages(log, new LogMeters(new SimpleMeterRegistry())), acknowledged, rules,
      new FanOut(trie, new Permissions(rules), new GatewayMeters(new SimpleMeterRegistry())), new FrameEncoder(() -> NOW), clock);
  private final Map<Integer, Moved> told = new HashMap<>();
  private long number;

  @AfterAll
  static void close() {
    await(VERTX.close());
  }

  /** On the event loop. */
  private <T> T on(Callable<T> call) {
    Promise<T> done = Promise.promise();
    context.runOnContext(now -> {
      try {
        done.complete(call.call());
      } catch (Exception thrown) {
        done.fail(thrown);
      }
    });
    return await(done.future());
  }

  private void run(Runnable task) {
    on(() -> {
      task.run();
      return null;
    });
  }

  private FanMessage store(String topic, int data, int kept) {
    byte[] frame = new JsonObject().put("type", "message").put("topic", topic).put("data", data).encode().getBytes(StandardCharsets.UTF_8);
    Appended done = await(log.append(new Append(topic, 1, ++number, NOW, DurableTopics.newEpoch(), new LogBounds(kept, 3_600_000, 0), List.of(new Append.Draft(null, frame)))));
    return new FanMessage(topic, Buffer.buffer(frame), null, new StoredAt(done.epoch(), done.offsets()[0], done.lineage(), done.firstVersion(), done.versionBefore()));
  }

  private FanMessage store(int data) {
    return store(TOPIC, data, 1_000);
  }

  private void hear(FanMessage message) {
    run(() -> tails.hear(message));
  }

  /** The node has asked what moved in the topic's shard, and tells. */
  private void look(String topic) {
    int shard = TopicLog.shardOf(topic);
    Moved before = told.get(shard);
    Moved moved = await(log.moved(shard, before == null ? 0 : before.lineage(), before == null ? 0 : before.version(), 500));
    told.put(shard, moved);
    Heads heads = before == null ? new Heads(shard, true, 0, 0, moved, false, false) : new Heads(shard, false, before.lineage(), before.version(), moved, false, false);
    run(() -> tails.moved(heads));
  }

  private void passes(long ms) {
    skewMs.addAndGet(ms);
    run(tails::tick);
  }

  private final class Client implements Comeback.Answer {
    private final List<Integer> heard = new CopyOnWriteArrayList<>();
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final Connection connection = ConnectionProbe.open(clock, frame -> {
      if (frame.getString("type").equals("message")) {
        heard.add(frame.getInteger("data"));
      } else {
        told.add(frame.getString("type"));
      }
    });
    private final boolean waits;

    Client(boolean waits) {
      this.waits = waits;
    }

    Client() {
      this(false);
    }

    Client subscribe(String topic) {
      run(() -> trie.add(TopicPattern.parse(topic), connection));
      return this;
    }

    Client unsubscribe(String topic) {
      run(() -> trie.remove(TopicPattern.parse(topic), connection));
      return this;
    }

    /** Subscribes by the topic's name, from now on. */
    Client begin() {
      run(() -> {
        tails.expect(TOPIC);
        trie.add(TopicPattern.parse(TOPIC), connection);
        tails.begin(connection, TOPIC, null, this);
      });
      return this;
    }

    void hears(Integer... data) {
      eventually(() -> heard.size() >= data.length);
      assertThat(heard).containsExactly(data);
    }

    void isTold(String... what) {
      eventually(() -> told.size() >= what.length);
      assertThat(told).containsExactly(what);
    }

    @Override
    public void begun(Position head, Boolean recovered) {
      told.add("begun at " + head.offset());
    }

    @Override
    public boolean waits() {
      return waits;
    }

    @Override
    public void failed() {
      told.add("failed");
    }
  }

  private boolean isFollowed(String topic) {
    return on(() -> tails.place(topic)) != null;
  }

  @Test
  void quietTopicsAreFollowedAsLongAsTheyAreNotTooMany() {
    Client client = new Client().subscribe(TOPIC);
    hear(store(1));
    List<String> others = new ArrayList<>();
    for (int i = 1; i <= MOST_QUIET; i++) {
      others.add("durable.q" + i);
    }
    Client audience = new Client();
    others.forEach(audience::subscribe);
    List<String> first = others.subList(0, MOST_QUIET - 1);
    run(() -> first.forEach(topic -> tails.hear(message(topic))));
    client.hears(1);
    passes(IDLE_MS);
    assertThat(isFollowed(TOPIC)).isTrue();
    assertThat(first).allMatch(topic -> on(() -> tails.place(topic)) != null);
    String last = others.get(MOST_QUIET - 1);
    hear(message(last));
    look(TOPIC);
    passes(SWEEP_MS);
    assertThat(isFollowed(last)).as("it was not quiet").isTrue();
    assertThat(isFollowed(TOPIC)).isFalse();
    assertThat(first).noneMatch(topic -> on(() -> tails.place(topic)) != null);
    store(2);
    hear(store(3));
    client.hears(1, 2, 3);
  }

  private static FanMessage message(String topic) {
    return new FanMessage(topic, new JsonObject().put("type", "message").put("data", 0).toBuffer(), null, new StoredAt(77, 1, 1, 1, 0));
  }

  @Test
  void whatNobodyAwaitsIsForgottenUnlessSomebodyComesBackToIt() {
    Client client = new Client().subscribe(TOPIC);
    hear(store(1));
    passes(SWEEP_MS);
    assertThat(isFollowed(TOPIC)).isTrue();
    Client comes = new Client();
    Comeback way = on(() -> tails.beginHeld(comes.connection, TOPIC, null, null, comes));
    client.unsubscribe(TOPIC);
    passes(SWEEP_MS);
    assertThat(isFollowed(TOPIC)).isTrue();
    run(() -> tails.end(comes.connection, TOPIC));
    assertThat(way.isOver()).isTrue();
    passes(SWEEP_MS);
    assertThat(isFollowed(TOPIC)).isFalse();
  }

  /** What the tail is to begin with could not be read: whoever asked hears of that, and it is read again for the others. */
  @Test
  void aBeginningThatCannotBeReadIsReadAgain() {
    store(1);
    look(TOPIC);
    Client listens = new Client().subscribe(TOPIC);
    log.unreadable.set(true);
    Client asks = new Client().begin();
    Client waits = new Client(true).begin();
    asks.isTold("failed");
    asks.unsubscribe(TOPIC);
    int reads = log.reads.get(TOPIC);
    store(2);
    eventually(() -> log.reads.get(TOPIC) > reads);
    assertThat(waits.told).isEmpty();
    log.unreadable.set(false);
    waits.isTold("begun at 1");
    waits.hears(2);
    listens.hears(2);
  }

  /** Somebody asked where the log ends, and could not be told; nobody but him was there when that began. Somebody else listens since, and the log can be read again. */
  private Client listensAfterABeginningThatFailed() {
    store(1);
    look(TOPIC);
    log.unreadable.set(true);
    Client asks = new Client().begin();
    asks.isTold("failed");
    asks.unsubscribe(TOPIC);
    Client listens = new Client().subscribe(TOPIC);
    log.unreadable.set(false);
    return listens;
  }

  @Test
  void whoListensLaterMissesNothingBecauseOfABeginningThatFailed() {
    Client listens = listensAfterABeginningThatFailed();
    hear(store(2));
    listens.hears(2);
  }

  /** The same, and the message is found by its head only. */
  @Test
  void whoListensLaterIsToldOfWhatMovedAllTheSame() {
    Client listens = listensAfterABeginningThatFailed();
    store(2);
    look(TOPIC);
    listens.hears(2);
  }

  /** It has forgotten its topic in the middle of a read, which says later what another has told already. */
  private void forgets(int kept, Client client) {
    look(TOPIC);
    hear(store(TOPIC, 1, kept));
    client.hears(1);
    FanMessage second = store(TOPIC, 2, kept);
    store(TOPIC, 3, kept);
    Promise<Void> answers = Promise.promise();
    log.answering = answers.future();
    hear(store(TOPIC, 4, kept));
    eventually(() -> log.reads.containsKey(TOPIC));
    log.answering = Future.succeededFuture();
    client.unsubscribe(TOPIC);
    hear(second);
    assertThat(isFollowed(TOPIC)).isFalse();
    client.begin();
    client.isTold("begun at 4");
    answers.complete();
    hear(store(TOPIC, 5, kept));
    client.hears(1, 5);
    hear(store(TOPIC, 6, kept));
    client.hears(1, 5, 6);
    client.isTold("begun at 4");
  }

  @Test
  void whatIsForgottenTellsNothingMore() {
    forgets(1_000, new Client().subscribe(TOPIC));
  }

  @Test
  void whatIsForgottenTellsNoGap() {
    forgets(1, new Client().subscribe(TOPIC));
  }
}
