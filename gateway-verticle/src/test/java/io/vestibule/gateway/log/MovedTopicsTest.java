package io.vestibule.gateway.log;

import static io.vestibule.cluster.TestCluster.await;
import static io.vestibule.cluster.TestCluster.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vestibule.gateway.log.core.Append;
import io.vestibule.gateway.log.core.Appended;
import io.vestibule.gateway.log.core.LogBounds;
import io.vestibule.gateway.log.core.Moved;
import io.vestibule.gateway.log.store.MemoryTopicLog;
import io.vestibule.gateway.session.LoopClock;
import io.vestibule.gateway.topic.TopicPattern;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MovedTopicsTest {
  private static final Vertx VERTX = Vertx.vertx();
  private static final long NOW = 1_700_000_000_000L;

  private MemoryTopicLog log;
  private MovedTopics moved;
  private final AtomicLong apartMs = new AtomicLong();
  private long appends;

  @AfterAll
  static void close() {
    await(VERTX.close());
  }

  @BeforeEach
  void make() {
    log = new MemoryTopicLog(VERTX);
    moved = new MovedTopics(log, new LoopClock(() -> 0, () -> NOW), nowMs -> apartMs.get());
  }

  private Appended append(String topic, long atMs, int most) {
    return await(log.append(new Append(topic, 1, ++appends, atMs, 77, new LogBounds(most, 3_600_000, 0), List.of(new Append.Draft(null, new byte[1])))));
  }

  private List<String> since(long atMs, String pattern) {
    return await(moved.since(VERTX, atMs)).matching(TopicPattern.parse(pattern)).stream().map(Moved.Head::topic).sorted().toList();
  }

  @Test
  void namesWhatMovedSince() {
    append("a.old", NOW - 1_000, 9);
    append("a.both", NOW - 1_000, 9);
    append("a.both", NOW, 9);
    append("a.new", NOW, 9);
    append("b.new", NOW, 9);
    assertThat(since(NOW, "a.*")).containsExactly("a.both", "a.new");
    assertThat(since(NOW + 1, "a.*")).isEmpty();
    assertThat(since(0, "**")).containsExactly("a.both", "a.new", "a.old", "b.new");
    assertThat(await(moved.since(VERTX, 0)).isComplete()).isTrue();
  }

  /** A node whose clock is ahead says when somebody left, one whose clock is behind stores what he missed. */
  @Test
  void looksFurtherBackWhereClocksAreApart() {
    assertThat(moved.surelyBefore(NOW)).isEqualTo(NOW - 5_000);
    assertThat(moved.surelyBefore(NOW + 60_000)).as("later than now").isEqualTo(NOW - 5_000);
    apartMs.set(30_500);
    assertThat(moved.surelyBefore(NOW)).as("whole seconds").isEqualTo(NOW - 36_000);
    apartMs.set(Long.MAX_VALUE / 2);
    assertThat(moved.surelyBefore(NOW)).isZero();
  }

  @Test
  void aPlaceIsBehindWhatCameBefore() {
    long epoch = append("a.a", NOW - 10, 9).epoch();
    append("a.a", NOW, 9);
    append("a.a", NOW, 9);
    assertThat(await(moved.placeAt(VERTX, "a.a", NOW))).isEqualTo(new Position(epoch, 1));
    assertThat(await(moved.placeAt(VERTX, "a.a", NOW + 1))).as("nothing came since").isEqualTo(new Position(epoch, 3));
    assertThat(await(moved.placeAt(VERTX, "a.a", 0))).isEqualTo(new Position(epoch, 0));
    assertThat(await(moved.placeAt(VERTX, "a.none", 0))).isNull();
  }

  @Test
  void wherePartsOfItMayBeGoneItIsTheBeginning() {
    long epoch = 0;
    for (int i = 0; i < 5; i++) {
      epoch = append("a.a", NOW, 2).epoch();
    }
    assertThat(await(moved.placeAt(VERTX, "a.a", NOW))).isEqualTo(new Position(epoch, 0));
  }

  @Test
  void manyWhoAskAtOnceShareALook() {
    append("a.a", NOW, 9);
    Promise<Void> goesOn = Promise.promise();
    log.looking = goesOn.future();
    AtomicInteger looks = new AtomicInteger();
    List<MovedTopics.Look> seen = new ArrayList<>();
    List<Future<MovedTopics.Look>> asked = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      asked.add(moved.since(VERTX, NOW - i));
    }
    goesOn.complete();
    await(Future.all(asked)).<MovedTopics.Look>list().forEach(look -> {
      if (!seen.contains(look)) {
        seen.add(look);
        looks.incrementAndGet();
      }
    });
    assertThat(looks.get()).as("the first does not wait for the others").isEqualTo(2);
    for (int i = 0; i < 100; i++) {
      await(moved.placeAt(VERTX, "a.a", NOW));
    }
    assertThat(log.reads.get("a.a")).isEqualTo(1);
  }

  @Test
  void whatFailsIsAskedAgain() {
    append("a.a", NOW, 9);
    log.unreadable.set(true);
    assertThat(failureOf(moved.since(VERTX, 0))).isNotNull();
    assertThat(failureOf(moved.placeAt(VERTX, "a.a", 0))).isNotNull();
    log.unreadable.set(false);
    assertThat(since(0, "**")).containsExactly("a.a");
    assertThat(await(moved.placeAt(VERTX, "a.a", 0)).offset()).isZero();
  }
}
