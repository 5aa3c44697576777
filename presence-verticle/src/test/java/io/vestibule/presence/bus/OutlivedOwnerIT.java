package io.vestibule.presence.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.cluster.ownership.ShardKinds;
import io.vestibule.cluster.replica.ReplicaSource;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.presence.Known;
import io.vestibule.contract.presence.PresenceAnswers;
import io.vestibule.contract.presence.PresenceKey;
import io.vestibule.contract.presence.PresenceKinds;
import io.vestibule.contract.presence.PresenceNews;
import io.vestibule.contract.presence.PresenceSaid;
import io.vestibule.contract.presence.SaidUser;
import io.vestibule.contract.replica.ReplicaAnswer.Outcome;
import io.vestibule.presence.bus.PresenceScene.PresenceNode;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A partition is healed, and the other half, which had come to the same terms or to higher ones, has died: those who heard its owners believe the surviving one all the same. */
class OutlivedOwnerIT {
  private static final int SHARDS = ShardKinds.PRESENCE.count();
  private static final int LIVES_OF_A_TERM = 20;

  private final PresenceScene scene = new PresenceScene();

  @AfterEach
  void close() {
    scene.close();
  }

  @Test
  void gatewaysHearItAfterOneTakeoverOfEachShard() {
    FakeGateway speaker = scene.gateway("g1");
    FakeGateway watcher = scene.gateway("g2");
    for (int shard = 0; shard < SHARDS; shard++) {
      assertThat(tellOfGhosts(watcher, shard, 1 + shard % 3)).isEqualTo(Outcome.APPLIED);
    }
    List<String> topics = IntStream.range(0, 200).mapToObj(i -> "room." + i).toList();
    topics.forEach(topic -> {
      speaker.enter(topic, "ann", 1);
      watcher.watch(topic);
    });
    PresenceNode node = scene.presence("p1");
    scene.eventually(() -> topics.stream().allMatch(topic -> List.of("ann").equals(watcher.members(topic))));

    // Nobody is told of shards that are taken anew before each gateway has spoken again; whoever is believed is so for good.
    int updates = watcher.updates();
    scene.eventually(() -> watcher.updates() > updates + 2 * SHARDS);
    assertThat(node.meters().get("vestibule.shards.takeovers").tag("kind", "presence").counter().count()).isEqualTo(2 * SHARDS);
    assertThat(IntStream.range(0, SHARDS)).allMatch(shard -> node.ownership().isCurrent(ShardKinds.PRESENCE, shard, 2 + shard % 3));
    speaker.leave("room.0", "ann");
    scene.eventually(() -> watcher.members("room.0").isEmpty());
  }

  /** An owner that is not there any more, in half of its term. */
  private Outcome tellOfGhosts(FakeGateway gateway, int shard, long term) {
    var source = new ReplicaSource<>(PresenceKinds.NEWS, (term << LIVES_OF_A_TERM) + 1_000);
    source.put(new PresenceKey("ghosts", "ghost"), new Known.Room(1, false));
    var news = new PresenceNews("dead", List.of(new PresenceNews.Shard(shard, source.next(1_000).orElseThrow())));
    PresenceAnswers answers = PresenceScene.await(scene.bus.request(Addresses.PRESENCE_NEWS.at(gateway.ref.id()), news, "flow"));
    return answers.answers().get(0).outcome();
  }

  @Test
  void soDoTheOtherNodesWithTheRole() {
    PresenceNode first = scene.presence("p1");
    FakeGateway gateway = scene.gateway("g1");
    // Whom an owner finds at its first look it says nothing of.
    scene.eventually(() -> IntStream.range(0, 1_000).allMatch(i -> gateway.hasHeardOf("user.u" + i)));
    scene.presence("p2");
    String topic = IntStream.range(0, 1_000).mapToObj(i -> "user.u" + i).filter(own -> scene.owner(gateway, own).equals("p1")).findFirst().orElseThrow();
    int shard = ShardKinds.PRESENCE.shardOf(topic);
    var source = new ReplicaSource<>(PresenceKinds.SAID, 9L << LIVES_OF_A_TERM);
    source.put(topic, SaidUser.online("ghost"));
    var said = new PresenceSaid("dead", List.of(new PresenceSaid.Shard(shard, source.next(1_000).orElseThrow())));
    assertThat(PresenceScene.await(scene.bus.request(Addresses.PRESENCE_SAID.at("p2"), said, "flow")).answers().get(0).outcome()).isEqualTo(Outcome.APPLIED);
    gateway.enter(topic, topic.substring("user.".length()), 1);
    scene.eventually(() -> scene.edges.size() == 1);
    scene.eventually(() -> first.ownership().isCurrent(ShardKinds.PRESENCE, shard, 10));
    assertThat(scene.edges).singleElement().satisfies(edge -> assertThat(edge.getBoolean("online")).isTrue());
  }
}
