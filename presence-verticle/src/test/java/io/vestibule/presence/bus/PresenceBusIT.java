package io.vestibule.presence.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vestibule.cluster.ownership.ShardKinds;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.contract.presence.Known;
import io.vestibule.contract.presence.PresenceFound;
import io.vestibule.contract.presence.PresenceFound.Named;
import io.vestibule.contract.presence.PresenceKey;
import io.vestibule.contract.presence.PresenceQuestion;
import io.vestibule.contract.presence.PresenceQuestion.Ask;
import io.vestibule.contract.presence.PresenceStatements;
import io.vestibule.contract.presence.Statement;
import io.vestibule.contract.presence.UserStatus;
import io.vestibule.contract.replica.ReplicaUpdate;
import io.vestibule.presence.bus.PresenceScene.PresenceNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PresenceBusIT {
  private final PresenceScene scene = new PresenceScene();

  @AfterEach
  void close() {
    scene.close();
  }

  private static List<String> users(int count) {
    return IntStream.range(0, count).mapToObj(user -> "u%03d".formatted(user)).toList();
  }

  private static Throwable failure(Future<?> future) {
    return PresenceScene.await(future.map(done -> (Throwable) null).otherwise(thrown -> thrown));
  }

  @Test
  void whatGatewaysStateReachesThoseThatWatchAndNobodyElse() {
    PresenceNode node = scene.presence("p1");
    FakeGateway here = scene.gateway("g1");
    FakeGateway there = scene.gateway("g2");
    here.enter("room", "ann", 1);
    there.enter("room", "ann", 2);
    here.enter("room", "bob", 1);
    there.watch("room");
    scene.eventually(() -> List.of("ann", "bob").equals(there.members("room")));
    assertThat(there.known("room", "ann")).isEqualTo(new Known.Member(3, 1_000, UserStatus.ONLINE, null));
    // Of each shard it is told once.
    scene.eventually(() -> here.updates() >= ShardKinds.PRESENCE.count());
    int said = here.messages();

    here.leave("room", "ann");
    here.leave("room", "bob");
    scene.eventually(() -> List.of("ann").equals(there.members("room")));
    int beats = there.messages();
    scene.eventually(() -> there.messages() > beats + 1);
    assertThat(here.members("room")).isNull();
    assertThat(here.messages()).isEqualTo(said);

    there.unwatch("room");
    scene.eventually(() -> there.members("room") == null);
    JsonObject health = scene.health(node);
    assertThat(health.getInteger("shards")).isEqualTo(ShardKinds.PRESENCE.count());
    assertThat(health.getInteger("complete")).isEqualTo(ShardKinds.PRESENCE.count());
    assertThat(health.getInteger("awaited")).isZero();
    scene.eventually(() -> node.meters().get("vestibule.presence.members").gauge().value() == 1);
    assertThat(node.meters().get("vestibule.presence.updates").tags("direction", "out", "outcome", "applied").counter().count()).isPositive();
    assertThat(node.meters().get("vestibule.presence.divergences").counter().count()).isZero();
  }

  @Test
  void whatIsLostOrUnansweredIsSaidAgainAndOneThatDoesNotAnswerHoldsNobodyUp() {
    scene.presence("p1");
    FakeGateway speaker = scene.gateway("g1");
    FakeGateway deaf = scene.gateway("g2");
    FakeGateway good = scene.gateway("g3");
    deaf.watch("room");
    good.watch("room");
    scene.eventually(() -> deaf.members("room") != null && good.members("room") != null);
    for (FakeGateway.Ears ears : List.of(FakeGateway.Ears.SILENT, FakeGateway.Ears.HEARD_BUT_UNANSWERED, FakeGateway.Ears.REFUSING)) {
      int heard = deaf.messages();
      deaf.ears(ears);
      speaker.enter("room", "ann-" + ears, 1);
      scene.eventually(() -> good.known("room", "ann-" + ears) != null && deaf.messages() > heard);
      speaker.leave("room", "ann-" + ears);
      speaker.enter("room", "bob-" + ears, 1);
      scene.eventually(() -> good.known("room", "ann-" + ears) == null && good.known("room", "bob-" + ears) != null);
      deaf.ears(FakeGateway.Ears.GOOD);
      scene.eventually(() -> good.members("room").equals(deaf.members("room")));
    }
    assertThat(deaf.members("room")).containsExactly("bob-HEARD_BUT_UNANSWERED", "bob-REFUSING", "bob-SILENT");
  }

  @Test
  void aSilentDifferenceIsFoundAndMendedInBothDirections() {
    PresenceNode node = scene.presence("p1");
    FakeGateway speaker = scene.gateway("g1");
    FakeGateway watcher = scene.gateway("g2");
    watcher.watch("room");
    speaker.enter("room", "ann", 1);
    scene.eventually(() -> List.of("ann").equals(watcher.members("room")));

    long since = System.nanoTime();
    speaker.lose("room", "bob");
    speaker.enter("room", "bob", 1);
    scene.eventually(() -> List.of("ann", "bob").equals(watcher.members("room")));
    assertThat(node.meters().get("vestibule.presence.divergences").tag("direction", "in").counter().count()).isEqualTo(1);
    assertThat(watcher.divergences()).isZero();

    watcher.lose("room", "cleo");
    speaker.enter("room", "cleo", 1);
    scene.eventually(() -> List.of("ann", "bob", "cleo").equals(watcher.members("room")));
    assertThat(watcher.divergences()).isEqualTo(1);
    assertThat(Duration.ofNanos(System.nanoTime() - since)).as("both were mended by the next beat").isLessThan(Duration.ofSeconds(15));
    assertThat(node.meters().get("vestibule.presence.divergences").tag("direction", "in").counter().count()).isEqualTo(1);
    assertThat(watcher.left()).isEmpty();
  }

  @Test
  void aWholeOfManyPartsComesWhole() {
    scene.presence("p1");
    FakeGateway speaker = scene.gateway("g1");
    FakeGateway watcher = scene.gateway("g2");
    List<String> users = users(900);
    String padding = "x".repeat(900);
    users.forEach(user -> speaker.enter("room", user + padding, 1));
    scene.eventually(() -> scene.find(speaker, "room", null, 0).count() == users.size());
    watcher.watch("room");
    scene.eventually(() -> watcher.members("room") != null && watcher.members("room").size() == users.size());
    assertThat(watcher.left()).isEmpty();
  }

  @Test
  void whoseGatewayLeavesTheClusterIsGoneAndOfflineOnce() {
    scene.presence("p1");
    FakeGateway dying = scene.gateway("g1");
    FakeGateway watcher = scene.gateway("g2");
    watcher.watch("room");
    scene.eventually(() -> watcher.members("room") != null && dying.hasHeardOf("user.ann") && dying.hasHeardOf("user.bob"));
    dying.enter("room", "ann", 1);
    dying.enter("room", "bob", 1);
    dying.enter("user.ann", "ann", 1);
    dying.enter("user.bob", "bob", 1);
    watcher.enter("room", "bob", 1);
    watcher.enter("user.bob", "bob", 1);
    scene.eventually(() -> List.of("ann", "bob").equals(watcher.members("room")) && scene.edges.size() == 2);
    dying.die();
    scene.gone(dying.ref);
    scene.eventually(() -> List.of("bob").equals(watcher.members("room")) && scene.edges.size() == 3);
    assertThat(scene.edges).filteredOn(edge -> edge.getBoolean("online")).extracting(edge -> edge.getString("userId")).containsExactlyInAnyOrder("ann", "bob");
    assertThat(scene.edges.get(2).getString("userId")).isEqualTo("ann");
    assertThat(scene.edges.get(2).getBoolean("online")).isFalse();
    assertThat(scene.edges.get(2).getLong("lastSeen")).isLessThanOrEqualTo(scene.edges.get(2).getLong("at"));
  }

  @Test
  void shardsMoveToAndFroAndNobodyHearsOfIt() {
    PresenceNode first = scene.presence("p1");
    FakeGateway speaker = scene.gateway("g1");
    FakeGateway watcher = scene.gateway("g2");
    List<String> users = users(40);
    for (String user : users) {
      watcher.watch("room." + user);
      watcher.enter("room." + user, "host", 1);
    }
    scene.eventually(() -> users.stream().allMatch(user -> watcher.members("room." + user) != null && speaker.hasHeardOf("user." + user)));
    users.forEach(user -> {
      speaker.enter("room." + user, user, 1);
      speaker.enter("user." + user, user, 1);
    });
    scene.eventually(() -> users.stream().allMatch(user -> List.of("host", user).equals(watcher.members("room." + user))) && scene.edges.size() == users.size());

    PresenceNode second = scene.presence("p2");
    scene.eventually(() -> settled(first) && settled(second) && scene.health(second).getInteger("shards") > 0);
    // The next owner knows what this one has said of users.
    scene.eventually(() -> said(first) >= scene.health(first).getInteger("shards"));
    scene.kill(first);
    scene.eventually(() -> settled(second) && scene.health(second).getInteger("shards") == ShardKinds.PRESENCE.count());
    assertThat(watcher.left()).isEmpty();

    // Only now does something change, and it is heard from the new owner.
    users.forEach(user -> speaker.leave("room." + user, user));
    speaker.leave("user.u000", "u000");
    scene.eventually(() -> users.stream().allMatch(user -> List.of("host").equals(watcher.members("room." + user))) && scene.edges.size() > users.size());
    assertThat(watcher.left()).hasSize(users.size());
    assertThat(scene.edges).filteredOn(edge -> edge.getBoolean("online")).hasSize(users.size());
    assertThat(scene.edges.get(users.size()).getString("userId")).isEqualTo("u000");
    assertThat(scene.edges).hasSize(users.size() + 1);
  }

  @Test
  void whenSomebodyWasThereLastIsKnownToTheNextOwnerToo() {
    PresenceNode first = scene.presence("p1");
    FakeGateway speaker = scene.gateway("g1");
    List<String> users = users(40);
    scene.eventually(() -> settled(first) && users.stream().allMatch(user -> speaker.hasHeardOf("user." + user)));
    users.forEach(user -> speaker.enter("user." + user, user, 1));
    scene.eventually(() -> scene.edges.size() == users.size());
    assertThat(scene.find(speaker, "user.u000", null, 0)).isEqualTo(new PresenceFound.Found(1, List.of()));
    long before = System.currentTimeMillis();
    users.forEach(user -> speaker.leave("user." + user, user));
    scene.eventually(() -> scene.edges.size() == 2 * users.size());
    List<Long> seen = users.stream().map(user -> scene.find(speaker, "user." + user, null, 0).lastSeenMs()).toList();
    assertThat(seen).allSatisfy(atMs -> assertThat(atMs).isBetween(before, System.currentTimeMillis()));
    assertThat(scene.find(speaker, "user.nobody", null, 0).lastSeenMs()).isZero();

    PresenceNode second = scene.presence("p2");
    scene.eventually(() -> settled(first) && settled(second) && scene.health(second).getInteger("shards") > 0);
    double heard = said(first);
    scene.eventually(() -> said(first) > heard + 2 * users.size());
    scene.kill(first);
    scene.eventually(() -> settled(second) && scene.health(second).getInteger("shards") == ShardKinds.PRESENCE.count());
    scene.eventually(() -> users.stream().map(user -> scene.find(speaker, "user." + user, null, 0).lastSeenMs()).toList().equals(seen));
    assertThat(scene.edges).hasSize(2 * users.size());
  }

  @Test
  void whoComesAndGoesWhileShardsMoveIsSaidOnce() {
    PresenceNode first = scene.presence("p1");
    FakeGateway staying = scene.gateway("g1");
    FakeGateway dying = scene.gateway("g2");
    List<String> users = users(40);
    scene.eventually(() -> settled(first) && users.stream().allMatch(user -> staying.hasHeardOf("user." + user)));
    users.forEach(user -> (user.compareTo("u030") < 0 ? staying : dying).enter("user." + user, user, 1));
    scene.eventually(() -> scene.edges.size() == 40);

    // A node comes; at the same time somebody goes and somebody comes.
    PresenceNode second = scene.presence("p2");
    users.subList(0, 10).forEach(user -> staying.leave("user." + user, user));
    users(10).forEach(user -> staying.enter("user.new-" + user, "new-" + user, 1));
    scene.eventually(() -> settled(first) && settled(second) && scene.edges.size() >= 60);
    assertOnline(users.subList(10, 40), users(10).stream().map("new-"::concat).toList());

    // The owner of some shards dies together with a gateway.
    double heard = said(first);
    scene.eventually(() -> said(first) > heard + 2 * users.size());
    scene.kill(first);
    dying.die();
    scene.gone(dying.ref);
    users(10).forEach(user -> staying.leave("user.new-" + user, "new-" + user));
    staying.enter("user.last", "last", 1);
    scene.eventually(() -> settled(second) && scene.edges.size() >= 81);
    assertOnline(users.subList(10, 30), List.of("last"));
    assertThat(scene.edges).hasSize(81);
  }

  private static double said(PresenceNode node) {
    return node.meters().get("vestibule.presence.updates").tags("direction", "said", "outcome", "applied").counter().count();
  }

  /** Whoever adds up all that was said knows who is online, and nothing was said twice. */
  private void assertOnline(List<String> users, List<String> others) {
    var online = new TreeSet<String>();
    for (JsonObject edge : scene.edges) {
      String user = edge.getString("userId");
      assertThat(edge.getBoolean("online") ? online.add(user) : online.remove(user)).as(user).isTrue();
    }
    assertThat(online).containsExactlyInAnyOrderElementsOf(Stream.concat(users.stream(), others.stream()).toList());
  }

  private boolean settled(PresenceNode node) {
    JsonObject health = scene.health(node);
    int own = node.ownership().health().getJsonObject("presence").getInteger("owned");
    int pending = node.ownership().health().getJsonObject("presence").getInteger("pending");
    return pending == 0 && health.getInteger("shards") == own && health.getInteger("complete") == own;
  }

  @Test
  void anOwnerThatDoesNotKnowEverybodyYetSaysNothing() {
    PresenceNode first = scene.presence("p1");
    FakeGateway hidden = scene.gateway("g1");
    FakeGateway watcher = scene.gateway("g2");
    watcher.watch("room");
    hidden.enter("room", "ann", 1);
    scene.eventually(() -> List.of("ann").equals(watcher.members("room")));
    scene.kill(first);
    PresenceNode second = scene.presence("p2", List.of(hidden));
    scene.eventually(() -> scene.health(second).getInteger("shards") == ShardKinds.PRESENCE.count());
    scene.eventually(() -> second.meters().get("vestibule.presence.updates").tags("direction", "in", "outcome", "applied").counter().count() >= ShardKinds.PRESENCE.count());
    assertThat(scene.health(second).getInteger("complete")).isZero();
    assertThat(scene.find(watcher, "room", null, 0)).isEqualTo(PresenceFound.UNKNOWN);
    scene.introduce(second);
    scene.eventually(() -> scene.find(watcher, "room", null, 0).count() == 1);
    watcher.watch("other");
    scene.eventually(() -> watcher.members("other") != null);
    assertThat(watcher.left()).isEmpty();
  }

  @Test
  void questionsAreAnsweredByThePage() {
    FakeGateway gateway = scene.gateway("g1");
    PresenceNode node = scene.presence("p1");
    List<String> users = users(25);
    List<String> shuffled = new ArrayList<>(users);
    Collections.shuffle(shuffled, new Random(1));
    assertThat(scene.health(node).getInteger("complete")).isZero();
    assertThat(scene.ask("p1", "room", null, 10)).as("while a gateway is awaited").isEqualTo(PresenceFound.UNKNOWN);
    shuffled.forEach(user -> gateway.enter("room", user, 1));
    scene.eventually(() -> scene.find(gateway, "room", null, 0).count() == users.size());
    assertThat(scene.find(gateway, "room", null, 0).named()).isEmpty();
    assertThat(scene.find(gateway, "room", null, 10).named()).extracting(Named::user).containsExactlyElementsOf(users.subList(0, 10));
    assertThat(scene.find(gateway, "room", "u019", 10).named()).extracting(Named::user).containsExactlyElementsOf(users.subList(20, 25));
    assertThat(scene.find(gateway, "nobody", null, 10)).isEqualTo(new PresenceFound.Found(0, List.of()));
    assertThat(reason(new PresenceQuestion(List.of(new Ask("room", null, -1))))).isEqualTo(ErrorReason.INVALID_VALUE);
    assertThat(reason(new PresenceQuestion(List.of(new Ask("room", null, PresenceQuestion.MOST + 1))))).isEqualTo(ErrorReason.INVALID_VALUE);
    assertThat(reason(new PresenceQuestion(Collections.nCopies(11, new Ask("room", null, PresenceQuestion.MOST))))).isEqualTo(ErrorReason.MESSAGE_TOO_LARGE);
    assertThat(reason(new PresenceQuestion(Collections.nCopies(PresenceQuestion.MOST + 1, new Ask("room", null, 0))))).isEqualTo(ErrorReason.MESSAGE_TOO_LARGE);
  }

  private ErrorReason reason(PresenceQuestion question) {
    return ((Failure) failure(scene.bus.request(Addresses.PRESENCE_QUESTION.at("p1"), question, "flow"))).reason();
  }

  @Test
  void aMalformedMessageCostsAFailureAndNothingElse() {
    scene.presence("p1");
    FakeGateway gateway = scene.gateway("g1");
    gateway.watch("room");
    gateway.enter("room", "ann", 1);
    scene.eventually(() -> List.of("ann").equals(gateway.members("room")));
    int shard = ShardKinds.PRESENCE.shardOf("room");
    var good = said(shard, new PresenceKey("room", "bob"), new Statement.Here(1, 1, UserStatus.ONLINE, null));
    for (PresenceStatements.Shard bad : List.of(said(shard, new PresenceKey("room", "bob"), new Statement.Watched()),
        said((shard + 1) % 64, new PresenceKey("room", "bob"), new Statement.Here(1, 1, UserStatus.ONLINE, null)), said(-1, PresenceKey.of("room"), null), said(64, PresenceKey.of("room"), null))) {
      Failure failure = (Failure) failure(scene.bus.request(Addresses.PRESENCE_STATEMENTS.at("p1"), new PresenceStatements("g1", List.of(good, bad)), "flow"));
      assertThat(failure.reason()).isEqualTo(ErrorReason.INVALID_VALUE);
    }
    assertThat(scene.find(gateway, "room", null, 10).count()).isEqualTo(1);
    gateway.enter("room", "cleo", 1);
    scene.eventually(() -> List.of("ann", "cleo").equals(gateway.members("room")));
  }

  private static PresenceStatements.Shard said(int shard, PresenceKey key, Statement value) {
    return new PresenceStatements.Shard(shard, new ReplicaUpdate<>(2, 0, 0, 1, true, false, 0, List.of(new ReplicaUpdate.Entry<>(key, value))));
  }
}
