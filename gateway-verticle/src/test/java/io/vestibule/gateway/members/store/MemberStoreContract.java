package io.vestibule.gateway.members.store;

import static io.vestibule.cluster.TestCluster.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vestibule.gateway.members.core.Change;
import io.vestibule.gateway.members.core.Changed;
import io.vestibule.gateway.members.core.Changed.Room;
import io.vestibule.gateway.members.core.MembersModel;
import io.vestibule.gateway.members.core.Pair;
import io.vestibule.gateway.members.core.Word;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every store of members keeps to. Each test begins with an empty store. */
abstract class MemberStoreContract {
  static final long NOW = 1_800_000_000_000L;
  static final String TOPIC = "conversation.a";
  /** Ids that a store might take for something of its own. */
  private static final List<String> USERS = List.of("ann", "=", "#", "ü {x} y", "0 1 2", "\u0000\uD83D\uDC1F", "u:room:");

  /** Two stores of two nodes that share what they keep. */
  protected abstract List<MemberStore> stores();

  protected abstract Vertx vertx();

  @Test
  void nobodyIsAMemberAtFirst() {
    assertThat(await(stores().get(0).roster(TOPIC))).isEmpty();
    assertThat(await(stores().get(1).look(MemberStore.shardOf(TOPIC), List.of(new Pair("ann", TOPIC))))).containsExactly((Word) null);
    assertThat(await(stores().get(0).hinted(MemberStore.shardOf("ann"), List.of("ann")))).containsExactly(List.of());
    assertThat(await(stores().get(0).change(change(List.of("ann"), false, NOW)))).isEqualTo(new Changed(Room.DONE, 0, List.of(new Word(false, NOW, NOW, 0, 0))));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void doesWhatTheModelDoes(long seed) {
    Random random = new Random(seed);
    MembersModel model = new MembersModel();
    for (int step = 0; step < 120; step++) {
      MemberStore store = stores().get(random.nextInt(2));
      Pair pair = new Pair(USERS.get(random.nextInt(USERS.size())), "conversation.t" + random.nextInt(3));
      switch (random.nextInt(4)) {
        case 0 -> {
          assertThat(await(store.hint(MemberStore.shardOf(pair.user()), List.of(pair)))).containsExactly(Room.DONE);
          model.hint(pair, true);
        }
        case 1 -> {
          await(store.unhint(MemberStore.shardOf(pair.user()), List.of(pair)));
          model.hint(pair, false);
        }
        default -> {
          List<String> users = new ArrayList<>(new HashSet<>(List.of(pair.user(), USERS.get(random.nextInt(USERS.size())))));
          Change change = new Change(pair.topic(), users, random.nextBoolean(), Long.MIN_VALUE + random.nextInt(9), random.nextInt(9), NOW + random.nextInt(40));
          assertThat(await(store.change(change))).as("%s at step %s", change, step).isEqualTo(model.change(change));
        }
      }
      MemberStore other = stores().get(random.nextInt(2));
      assertThat(await(other.roster(pair.topic()))).as("at step %s", step).isEqualTo(model.roster(pair.topic()));
      List<Pair> all = USERS.stream().map(user -> new Pair(user, pair.topic())).toList();
      assertThat(await(other.look(MemberStore.shardOf(pair.topic()), all))).isEqualTo(all.stream().map(model::look).toList());
      assertThat(new HashSet<>(await(other.hinted(MemberStore.shardOf(pair.user()), List.of(pair.user()))).get(0))).isEqualTo(model.hinted(pair.user()));
    }
  }

  private static Change change(List<String> users, boolean member, long nowMs) {
    return new Change(TOPIC, users, member, 5, 6, nowMs);
  }

  @Test
  void whatIsRepeatedIsDoneOnce() {
    Change add = change(List.of("ann", "bob"), true, NOW);
    Changed first = await(stores().get(0).change(add));
    assertThat(await(stores().get(1).change(add))).isEqualTo(first);
    assertThat(await(stores().get(1).change(change(List.of("ann"), true, NOW + 9))).words().get(0)).as("who is a member stays what he is").isEqualTo(first.words().get(0));
    Change remove = change(List.of("ann"), false, NOW + 10);
    assertThat(await(stores().get(0).change(remove))).isEqualTo(await(stores().get(1).change(remove)));
  }

  /** Clocks of nodes differ. */
  @Test
  void eachWordIsLaterThanTheOneBefore() {
    await(stores().get(0).change(change(List.of("ann"), true, NOW)));
    Word removed = await(stores().get(1).change(change(List.of("ann"), false, NOW - 500))).words().get(0);
    assertThat(removed).isEqualTo(new Word(false, NOW + 1, NOW, 0, 0));
    assertThat(await(stores().get(0).change(change(List.of("ann"), true, NOW))).words().get(0)).isEqualTo(new Word(true, NOW + 2, NOW + 2, 5, 6));
  }

  @Test
  void aTopicAndAUserHaveTheirBounds() {
    List<String> users = IntStream.range(0, 1_000).mapToObj(i -> "user" + i).toList();
    assertThat(await(stores().get(0).change(change(users, true, NOW))).members()).isEqualTo(1_000);
    assertThat(await(stores().get(1).change(change(List.of("user1", "more"), true, NOW)))).isEqualTo(new Changed(Room.TOO_MANY, 1_000, List.of()));
    assertThat(await(stores().get(0).roster(TOPIC))).hasSize(1_000).doesNotContainKey("more");
    List<Pair> pairs = IntStream.range(0, 1_000).mapToObj(i -> new Pair("ann", "conversation.t" + i)).toList();
    int shard = MemberStore.shardOf("ann");
    assertThat(await(stores().get(0).hint(shard, pairs))).containsOnly(Room.DONE);
    assertThat(await(stores().get(1).hint(shard, List.of(new Pair("ann", "conversation.more"), pairs.get(0))))).containsExactly(Room.TOO_MANY, Room.DONE);
    assertThat(await(stores().get(1).hinted(shard, List.of("ann"))).get(0)).hasSize(1_000);
  }

  @Test
  void manyAtOnceAreAllDone() {
    List<Future<Changed>> changes = IntStream.range(0, 200).mapToObj(i -> stores().get(i % 2).change(change(List.of("user" + i / 2), i % 2 == 0, NOW + i))).toList();
    await(Future.all(changes));
    assertThat(changes.stream().map(Future::result).map(Changed::room)).containsOnly(Room.DONE);
    assertThat(await(stores().get(0).look(MemberStore.shardOf(TOPIC), IntStream.range(0, 100).mapToObj(i -> new Pair("user" + i, TOPIC)).toList()))).doesNotContainNull();
  }

  @Test
  void answersComeToTheCaller() {
    Promise<Boolean> same = Promise.promise();
    vertx().runOnContext(start -> {
      Context context = Vertx.currentContext();
      stores().get(0).roster(TOPIC).onComplete(done -> same.complete(Vertx.currentContext() == context));
    });
    assertThat(await(same.future())).isTrue();
  }
}
