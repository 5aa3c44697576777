package io.vestibule.gateway.members.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vestibule.gateway.members.core.Change;
import io.vestibule.gateway.members.core.Pair;
import io.vestibule.gateway.members.core.ShardMembers;
import io.vestibule.gateway.metrics.GatewayMeters;
import io.vestibule.gateway.metrics.MemberStoreMeters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is measured of the store of members, and that docs/operations.md names it. */
class WatchedMemberStoreTest {
  private static final String TOPIC = "conversation.a";
  private static final int SHARD = MemberStore.shardOf(TOPIC);

  private final Vertx vertx = Vertx.vertx();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final MemoryMemberStore memory = new MemoryMemberStore(vertx);
  private final MemberStore store = new WatchedMemberStore(memory, new MemberStoreMeters(registry, MemberStore.SHARDS, 5_000));

  @AfterEach
  void close() {
    await(vertx.close());
  }

  private static <T> T await(Future<T> future) {
    return future.await();
  }

  private long calls(String call, String outcome) {
    return registry.get("vestibule.members.store.calls").tag("call", call).tag("outcome", outcome).timer().count();
  }

  private double full(String bound) {
    return registry.get("vestibule.members.full").tag("bound", bound).counter().count();
  }

  private static Change add(int from, int to) {
    return new Change(TOPIC, IntStream.range(from, to).mapToObj(i -> "u" + i).toList(), true, 0, 0, 1);
  }

  @Test
  void callsAreCountedByWhatBecameOfThem() {
    await(store.change(add(0, 2)));
    await(store.roster(TOPIC));
    memory.down.set(true);
    assertThat(store.roster(TOPIC).transform(done -> Future.succeededFuture(done.failed())).await()).isTrue();
    assertThat(calls("change", "ok")).isEqualTo(1);
    assertThat(calls("roster", "ok")).isEqualTo(1);
    assertThat(calls("roster", "failed")).isEqualTo(1);
  }

  @Test
  void whatIsFullIsCounted() {
    await(store.change(add(0, ShardMembers.MEMBERS)));
    await(store.change(add(0, ShardMembers.MEMBERS + 1)));
    assertThat(full("topic")).isEqualTo(1);
    List<Pair> topics = IntStream.range(0, ShardMembers.TOPICS + 2).mapToObj(i -> new Pair(TOPIC, "t" + i)).toList();
    await(store.hint(SHARD, topics));
    assertThat(full("user")).isEqualTo(1);
    assertThat(full("memory")).isZero();
  }

  @Test
  void whatTheShardsTakeIsShown() {
    await(store.change(add(0, 2)));
    assertThat(await(store.bytes(SHARD))).isPositive();
    assertThat(registry.get("vestibule.members.bytes").gauge().value()).isEqualTo(await(memory.bytes(SHARD)).doubleValue());
    assertThat(registry.get("vestibule.members.limit.bytes").gauge().value()).isEqualTo(5_000);
  }

  @Test
  void thePageNamesEveryFigureAndNoOther() throws IOException {
    GatewayMeters.members(registry, () -> 0);
    Set<String> figures = new TreeSet<>();
    for (Meter meter : registry.getMeters()) {
      String name = meter.getId().getName().replace('.', '_');
      if (!name.endsWith("_histogram")) {
        figures.add(meter.getId().getType() == Meter.Type.COUNTER ? name + "_total" : meter.getId().getType() == Meter.Type.TIMER ? name + "_seconds" : name);
      }
    }
    Set<String> named = new TreeSet<>();
    Matcher matcher = Pattern.compile("`(vestibule_members_\\w+)[`{]").matcher(Files.readString(Path.of("../docs/operations.md")));
    while (matcher.find()) {
      named.add(matcher.group(1));
    }
    assertThat(named).isEqualTo(figures);
  }
}
