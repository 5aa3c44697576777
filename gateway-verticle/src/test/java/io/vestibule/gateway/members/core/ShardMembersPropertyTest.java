package io.vestibule.gateway.members.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.gateway.members.core.Changed.Room;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ShardMembersPropertyTest {
  private static final long PLENTY = 1L << 30;
  private static final long NOW = 1_800_000_000_000L;

  private static List<String> users(Random random) {
    return IntStream.range(0, 1 + random.nextInt(3)).mapToObj(i -> "u" + random.nextInt(5)).distinct().toList();
  }

  private static Change change(Random random) {
    return new Change("t" + random.nextInt(4), users(random), random.nextBoolean(), random.nextInt(3), random.nextInt(9), NOW + random.nextInt(50));
  }

  private static Pair pair(Random random) {
    return new Pair("u" + random.nextInt(5), "t" + random.nextInt(4));
  }

  @Property(tries = 300)
  void doesWhatTheModelDoes(@ForAll long seed) {
    Random random = new Random(seed);
    MembersModel model = new MembersModel();
    ShardMembers shard = new ShardMembers();
    for (int step = 0; step < 100; step++) {
      Pair pair = pair(random);
      switch (random.nextInt(6)) {
        case 0 -> shard = new ShardMembers(shard.rooms(), shard.hints(), shard.clockMs());
        case 1 -> {
          assertThat(shard.hint(List.of(pair), PLENTY)).containsExactly(Room.DONE);
          model.hint(pair, true);
        }
        case 2 -> {
          shard.unhint(List.of(pair));
          model.hint(pair, false);
        }
        default -> {
          Change change = change(random);
          assertThat(shard.change(change, PLENTY)).as("%s", change).isEqualTo(model.change(change));
        }
      }
      assertThat(shard.look(List.of(pair)).get(0)).isEqualTo(model.look(pair));
      assertThat(shard.roster(pair.topic())).isEqualTo(model.roster(pair.topic()));
      assertThat(new HashSet<>(shard.hinted(List.of(pair.user())).get(0))).isEqualTo(model.hinted(pair.user()));
      assertThat(shard.bytes()).as("what it counts").isEqualTo(new ShardMembers(shard.rooms(), shard.hints(), 0).bytes());
    }
  }

  @Property(tries = 200)
  void staysWithinItsBytes(@ForAll long seed) {
    Random random = new Random(seed);
    ShardMembers shard = new ShardMembers();
    long most = 1_000 + random.nextInt(2_000);
    for (int step = 0; step < 100; step++) {
      long before = shard.bytes();
      Change change = change(random);
      Room room = random.nextInt(3) == 0 ? shard.hint(List.of(pair(random)), most).get(0) : shard.change(change, most).room();
      assertThat(shard.bytes()).isLessThanOrEqualTo(room == Room.FULL ? before : most + 500);
    }
  }

  /** The later word counts, wherever it was said, in whatever order the halves are joined; and no hint of a member is lost. */
  @Property(tries = 300)
  void halvesThatMeetHaveTheLaterWords(@ForAll long seed) {
    Random random = new Random(seed);
    ShardMembers common = new ShardMembers();
    IntStream.range(0, 10).forEach(step -> act(common, change(random)));
    ShardMembers ours = new ShardMembers(common.rooms(), common.hints(), NOW);
    ShardMembers theirs = new ShardMembers(common.rooms(), common.hints(), NOW);
    IntStream.range(0, 20).forEach(step -> act(random.nextBoolean() ? ours : theirs, change(random)));
    ShardMembers joined = ours.joinedWith(theirs);
    assertThat(joined.rooms()).isEqualTo(theirs.joinedWith(ours).rooms());
    Set<Pair> all = pairs(ours);
    all.addAll(pairs(theirs));
    for (Pair pair : all) {
      Word mine = ours.look(List.of(pair)).get(0);
      Word others = theirs.look(List.of(pair)).get(0);
      Word now = joined.look(List.of(pair)).get(0);
      assertThat(now).isIn(mine, others);
      assertThat(now.atMs()).isEqualTo(Math.max(mine == null ? 0 : mine.atMs(), others == null ? 0 : others.atMs()));
      if (now.member()) {
        assertThat(joined.hinted(List.of(pair.user())).get(0)).contains(pair.topic());
      }
    }
    assertThat(joined.joinedWith(theirs)).as("once more").isSameAs(joined);
  }

  /** As the book does it. */
  private static void act(ShardMembers shard, Change change) {
    List<Pair> pairs = change.users().stream().map(user -> new Pair(user, change.topic())).toList();
    if (change.member()) {
      shard.hint(pairs, PLENTY);
    }
    shard.change(change, PLENTY);
    if (!change.member()) {
      shard.unhint(pairs);
    }
  }

  private static Set<Pair> pairs(ShardMembers shard) {
    Set<Pair> pairs = new HashSet<>();
    shard.rooms().forEach((topic, words) -> words.keySet().forEach(user -> pairs.add(new Pair(user, topic))));
    return pairs;
  }

  private static Change all(String topic, int from, int to, boolean member, long nowMs) {
    return new Change(topic, IntStream.range(from, to).mapToObj(i -> "u" + i).toList(), member, 0, 0, nowMs);
  }

  @Test
  void aTopicHasSoManyMembersAndNoMore() {
    ShardMembers shard = new ShardMembers();
    assertThat(shard.change(all("t", 0, 999, true, NOW), PLENTY).room()).isEqualTo(Room.DONE);
    assertThat(shard.change(all("t", 998, 1001, true, NOW), PLENTY)).isEqualTo(new Changed(Room.TOO_MANY, 999, List.of()));
    assertThat(shard.change(all("t", 0, 1000, true, NOW), PLENTY).members()).as("those who are count once").isEqualTo(1000);
    assertThat(shard.change(all("t", 5, 6, false, NOW), PLENTY).members()).isEqualTo(999);
    assertThat(shard.change(all("t", 1000, 1001, true, NOW), PLENTY).room()).isEqualTo(Room.DONE);
  }

  @Test
  void aUserHasSoManyTopicsAndNoMore() {
    ShardMembers shard = new ShardMembers();
    List<Pair> most = IntStream.range(0, 1_000).mapToObj(i -> new Pair("u", "t" + i)).toList();
    assertThat(shard.hint(most, PLENTY)).containsOnly(Room.DONE);
    assertThat(shard.hint(List.of(new Pair("u", "t0"), new Pair("u", "more"), new Pair("v", "more")), PLENTY)).containsExactly(Room.DONE, Room.TOO_MANY, Room.DONE);
  }

  @Test
  void removalsAreForgottenInTheEnd() {
    ShardMembers shard = new ShardMembers();
    shard.change(all("t", 0, 3, true, NOW), PLENTY);
    shard.change(all("t", 0, 2, false, NOW), PLENTY);
    shard.change(all("other", 0, 1, true, NOW + Word.REMEMBERED_MS - 1), PLENTY);
    assertThat(words(shard, "t")).hasSize(3);
    shard.change(all("other", 0, 1, true, NOW + Word.REMEMBERED_MS + 700_000), PLENTY);
    assertThat(words(shard, "t")).hasSize(1);
    shard.change(all("many", 0, 1_000, false, NOW), PLENTY);
    shard.change(all("many", 1_000, 1_500, false, NOW + 1), PLENTY);
    assertThat(words(shard, "many")).as("not more than may be members").hasSize(1_000);
  }

  /** Whoever joins and leaves many topics must not keep others out. */
  @Test
  void whoIsNoMemberAnyMoreMakesRoomForWhoIs() {
    ShardMembers shard = new ShardMembers();
    long most = 20_000;
    shard.change(all("first", 0, 1, true, NOW), most);
    shard.change(all("first", 0, 1, false, NOW), most);
    for (int i = 0; i < 200; i++) {
      assertThat(shard.hint(List.of(new Pair("u0", "t" + i)), most)).containsExactly(Room.DONE);
      assertThat(shard.change(all("t" + i, 0, 1, true, NOW + i), most).room()).isEqualTo(Room.DONE);
      assertThat(shard.change(all("t" + i, 0, 1, false, NOW + i), most).room()).isEqualTo(Room.DONE);
      shard.unhint(List.of(new Pair("u0", "t" + i)));
    }
    assertThat(shard.bytes()).isLessThanOrEqualTo(most);
    assertThat(words(shard, "first")).as("the earliest goes first").isEmpty();
    assertThat(words(shard, "t199")).hasSize(1);
    shard.change(all("mine", 0, 1, true, NOW + 900), most);
    Word before = shard.change(all("mine", 0, 1, false, NOW + 900), most).words().get(0);
    int members = 0;
    while (shard.change(all("full", members, members + 1, true, NOW + 1_000), most).room() == Room.DONE) {
      members++;
    }
    assertThat(members).as("nothing but members is left").isGreaterThan(80);
    assertThat(shard.roster("full")).hasSize(members);
    shard.change(all("full", 0, 5, false, NOW + 1_000), most);
    assertThat(shard.change(all("full", 0, 1, true, NOW - 5_000), most).words()).allSatisfy(word -> assertThat(word.atMs()).isGreaterThan(NOW + 1_000));
    assertThat(before.member()).isFalse();
  }

  private static Collection<Word> words(ShardMembers shard, String topic) {
    return shard.rooms().getOrDefault(topic, Map.of()).values();
  }
}
