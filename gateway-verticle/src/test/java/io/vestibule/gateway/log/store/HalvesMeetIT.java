package io.vestibule.gateway.log.store;

import static io.vestibule.cluster.TestCluster.await;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.spi.ILoggingEvent;
import com.hazelcast.config.TcpIpConfig;
import io.vestibule.cluster.ClusterConfig;
import io.vestibule.cluster.ClusterNode;
import io.vestibule.cluster.Majority;
import io.vestibule.cluster.TestCluster;
import io.vestibule.cluster.hazelcast.HazelcastSettings;
import io.vestibule.cluster.hazelcast.HazelcastTermStore;
import io.vestibule.cluster.ownership.ShardKind;
import io.vestibule.cluster.ownership.Term;
import io.vestibule.gateway.CaughtLines;
import io.vestibule.gateway.log.core.Append;
import io.vestibule.gateway.log.core.LogBounds;
import io.vestibule.gateway.log.core.ReadRequest;
import io.vestibule.gateway.log.core.Slice;
import io.vestibule.gateway.members.core.Change;
import io.vestibule.gateway.members.store.HazelcastMemberStore;
import io.vestibule.gateway.members.store.MemberStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Two halves of a cluster that knew nothing of each other meet. Where the data grid is to give up merging them, there is an entry in each map that cannot be merged, so that it gets no further than the first map.
 */
class HalvesMeetIT {
  private static final List<String> MAPS = List.of(HazelcastSettings.TERMS_MAP, HazelcastSettings.ADMISSION_MAP, HazelcastSettings.SEATS_MAP, HazelcastSettings.LOGS_MAP, HazelcastSettings.MEMBERS_MAP,
      HazelcastSettings.STORE_MAP);
  private static final Majority NO_RULE = new Majority(1);
  private static final Duration DEADLINE = Duration.ofSeconds(20);
  private static final int TOPICS = 20;
  private static final ShardKind QUEUES = new ShardKind("queue", "admission", TOPICS);
  private static final LogBounds BOUNDS = new LogBounds(100, 3_600_000, 0);

  @AutoClose
  private final TestCluster cluster = new TestCluster();

  private ClusterNode alone(String name, int port) {
    ClusterConfig shared = cluster.config();
    return cluster.start(new ClusterConfig(shared.name(), shared.host(), "", port, 1, 0, List.of("127.0.0.1:" + port), "", 1, shared.requestTimeout(), shared.failureTimeout(), shared.tls()), name, "gateway");
  }

  private static TopicLog logs(ClusterNode node) {
    return new HazelcastTopicLog(node.vertx(), node.hazelcast(), 64L << 20, NO_RULE, DEADLINE);
  }

  private static MemberStore members(ClusterNode node) {
    return new HazelcastMemberStore(node.vertx(), node.hazelcast(), 64L << 20, NO_RULE, DEADLINE);
  }

  private static HazelcastTermStore terms(ClusterNode node) {
    return new HazelcastTermStore(node.vertx(), node.hazelcast(), DEADLINE);
  }

  private static String topic(int number) {
    return "durable.t" + number;
  }

  /** Each half has its own terms, members and messages, those of {@code second} later ones. */
  private static void fill(ClusterNode node, int half) {
    for (int i = 0; i < TOPICS; i++) {
      Append append = new Append(topic(i), half, 1, 1_000, 100 + 4L * half, BOUNDS, List.of(new Append.Draft(null, (node.membership().self().name() + i).getBytes(StandardCharsets.UTF_8))));
      await(logs(node).append(append));
      await(members(node).change(new Change(topic(i), List.of("both", node.membership().self().name()), true, 0, 0, 1_000 + half)));
      await(terms(node).raise(QUEUES, i, Term.NONE, new Term(5 + (i + half) % 2, node.membership().self().id())));
    }
  }

  /** Has a topic in a shard that the other half has not; returns the shard's lineage. */
  private static long own(ClusterNode node) {
    String topic = ownTopic(node.membership().self().name());
    return await(logs(node).append(new Append(topic, 7, 1, 1_000, 400, BOUNDS, List.of(new Append.Draft(null, new byte[1]))))).lineage();
  }

  /** In a shard that has none of the others, and neither that of the other node: even and odd ones are never the same. */
  private static String ownTopic(String node) {
    Set<Integer> taken = IntStream.range(0, TOPICS).mapToObj(i -> TopicLog.shardOf(topic(i))).collect(Collectors.toSet());
    return IntStream.range(0, 10_000).mapToObj(i -> "durable." + node + i).filter(topic -> !taken.contains(TopicLog.shardOf(topic))).filter(topic -> (TopicLog.shardOf(topic) % 2 == 0) == node.equals("first"))
        .findFirst().orElseThrow();
  }

  /** How far the data grid comes. */
  enum Grid { MERGES_ALL, GIVES_UP }

  @ParameterizedTest
  @EnumSource
  void whatTheSmallerOneHasIsBroughtAllTheSame(Grid grid) {
    int port = cluster.config().port();
    ClusterNode first = alone("first", port);
    ClusterNode second = alone("second", port + 1);
    fill(first, 0);
    fill(second, 1);
    Map<String, Long> lineages = Map.of(ownTopic("first"), own(first), ownTopic("second"), own(second));
    if (grid == Grid.GIVES_UP) {
      Stream.of(first, second).forEach(node -> MAPS.forEach(map -> node.hazelcast().getMap(map).put("of no use", "cannot be merged")));
    }

    Met met = meet(first, second);
    // On a busy machine it may give up by itself; what is behind that is the same.
    String left = grid == Grid.GIVES_UP ? "[1-9][0-9]*" : met.gaveUp() ? "[0-9]+" : "0";
    assertThat(met.detail()).matches(left + " were left out by the data grid, " + (grid == Grid.GIVES_UP ? MAPS.size() : 0) + " could not be brought");
    Stream.of(first, second).forEach(node -> assertAll(node, lineages));
    cluster.kill(second);
    assertAll(first, lineages);
  }

  /**
   * How halves met.
   *
   * @param detail what the member of the smaller half says of it in the end
   * @param gaveUp whether the data grid has said that it gave up
   */
  private record Met(String detail, boolean gaveUp) {}

  /** Has them find each other. */
  private static Met meet(ClusterNode first, ClusterNode second) {
    try (CaughtLines lines = new CaughtLines("io.vestibule.cluster.hazelcast.Reunion");
        CaughtLines grid = new CaughtLines("com.hazelcast")) {
      TcpIpConfig both = new TcpIpConfig().setEnabled(true).setMembers(Stream.of(first, second).map(node -> "127.0.0.1:" + node.port()).toList());
      Stream.of(first, second).forEach(node -> node.hazelcast().getConfig().getAdvancedNetworkConfig().getJoin().setTcpIpConfig(both));
      TestCluster.eventually(() -> !lines.all().isEmpty());
      boolean gaveUp = grid.all().stream().map(ILoggingEvent::getFormattedMessage).anyMatch(line -> line.contains("While merging") || line.contains("healing didn't finish"));
      return new Met((String) CaughtLines.value(lines.all().get(0), "detail"), gaveUp);
    }
  }

  private static void assertAll(ClusterNode node, Map<String, Long> lineages) {
    for (int i = 0; i < TOPICS; i++) {
      int number = i;
      assertThat(texts(node, topic(i))).containsExactlyInAnyOrder("first" + i, "second" + i);
      assertThat(await(members(node).roster(topic(i)))).containsOnlyKeys("both", "first", "second");
      // Others repeat what has met a partition on its way.
      TestCluster.eventually(() -> await(terms(node).read(QUEUES, number).map(Term::number).otherwise(0L)) == 6);
    }
    lineages.forEach((topic, lineage) -> {
      assertThat(texts(node, topic)).hasSize(1);
      assertThat(await(logs(node).moved(TopicLog.shardOf(topic), 0, 0, 10)).lineage()).as("a shard that one half had is not joined with itself").isEqualTo(lineage);
    });
  }

  private static List<String> texts(ClusterNode node, String topic) {
    Slice slice = await(logs(node).read(new ReadRequest(topic, ReadRequest.From.AFTER_OFFSET, 0, 100, 1 << 20, 1_000)));
    return slice.messages().stream().map(message -> new String(message.payload(), StandardCharsets.UTF_8)).toList();
  }
}
