package io.vestibule.gateway.members.store;

import static io.vestibule.cluster.TestCluster.await;
import static io.vestibule.cluster.TestCluster.failureOf;
import static io.vestibule.cluster.store.TestRedis.inTime;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vestibule.cluster.store.RedisClients;
import io.vestibule.cluster.store.RedisLink;
import io.vestibule.cluster.store.TestRedis;
import io.vestibule.gateway.members.core.Change;
import io.vestibule.gateway.members.core.Word;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RedisMemberStoreIT extends MemberStoreContract {
  @AutoClose
  private static RedisClients clients = new RedisClients(false);
  private static TestRedis redis = clients.redis;
  private static Vertx vertx = clients.vertx;

  private List<MemberStore> stores;
  private String cluster;

  @BeforeEach
  void empty() {
    cluster = "test " + Long.toHexString(ThreadLocalRandom.current().nextLong());
    stores = List.of(store(Duration.ofSeconds(20)), store(Duration.ofSeconds(20)));
  }

  private MemberStore store(Duration deadline) {
    return new RedisMemberStore(vertx, clients.link(deadline), cluster, deadline);
  }

  @AfterEach
  void leave() {
    await(Future.all(stores.stream().map(MemberStore::close).toList()));
  }

  @Override
  protected List<MemberStore> stores() {
    return stores;
  }

  @Override
  protected Vertx vertx() {
    return vertx;
  }

  @Test
  void oneThatHangsIsWaitedForUntilTheDeadline() {
    MemberStore hasty = store(Duration.ofMillis(300));
    await(inTime(() -> hasty.change(new Change(TOPIC, List.of("ann"), true, 1, 2, NOW))));
    redis.freeze();
    try {
      assertThat(failureOf(hasty.roster(TOPIC))).isNotNull();
    } finally {
      redis.thaw();
    }
    assertThat(await(stores.get(0).roster(TOPIC))).hasSize(1);
    await(hasty.close());
  }

  /** Removals are forgotten: at once where there are too many, in the end where nobody is left. */
  @Test
  void removalsAreBounded() {
    RedisLink link = clients.link(Duration.ofSeconds(20));
    await(stores.get(0).change(new Change(TOPIC, List.of("ann"), true, 1, 2, NOW)));
    await(stores.get(0).change(new Change(TOPIC, IntStream.range(0, 1_000).mapToObj(i -> "u" + i).toList(), false, 1, 2, NOW)));
    await(stores.get(0).change(new Change(TOPIC, IntStream.range(1_000, 1_500).mapToObj(i -> "u" + i).toList(), false, 1, 2, NOW + 1)));
    String room = "vestibule:{" + cluster.replace(' ', '+') + "/members/" + MemberStore.shardOf(TOPIC) + "}:room:" + TOPIC;
    assertThat(await(link.send(Request.cmd(Command.HLEN).arg(room))).toInteger()).isEqualTo(1 + 1 + 1_000);
    assertThat(await(link.send(Request.cmd(Command.PTTL).arg(room))).toLong()).isEqualTo(-1);
    await(stores.get(0).change(new Change(TOPIC, List.of("ann"), false, 1, 2, NOW + 2)));
    assertThat(await(link.send(Request.cmd(Command.PTTL).arg(room))).toLong()).isBetween(1L, Word.REMEMBERED_MS);
    await(stores.get(0).change(new Change(TOPIC, List.of("ann"), true, 1, 2, NOW + 3)));
    assertThat(await(link.send(Request.cmd(Command.PTTL).arg(room))).toLong()).isEqualTo(-1);
    await(link.close());
  }
}
