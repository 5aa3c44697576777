package io.vestibule.gateway.presence.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.contract.presence.Known.Member;
import io.vestibule.contract.presence.UserStatus;
import io.vestibule.gateway.frame.ServerFrame.PresenceDiff;
import io.vestibule.gateway.frame.ServerFrame.PresenceState;
import io.vestibule.gateway.frame.ServerFrame.PresenceTelling;
import io.vestibule.gateway.presence.TestRooms;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** A topic that is listed up to 4 users, where a beat lies between two counts for each 10 of them. */
class CountPaceTest {
  private static final String TOPIC = "t";
  private static final int USERS_OF_A_BEAT = 10;
  private static final int LISTED = 4;

  private final List<PresenceTelling> told = new ArrayList<>();
  private final Uplink uplink = new Uplink("g", 1);
  private final NodeViews views = new NodeViews(uplink::state, (telling, to) -> told.add(telling), USERS_OF_A_BEAT);
  private final TestRooms rooms = new TestRooms(1, LISTED, 2, new HashMap<>());
  private long now;
  private int users;

  private void begin() {
    uplink.ownersAre(shard -> Optional.of("owner"));
    views.watch(0, TOPIC, 1);
    // The copies on both sides ask for the whole first.
    for (int i = 0; i < 3; i++) {
      up();
      tick();
    }
  }

  private void up() {
    now += 600;
    uplink.proceed(now, (owner, message) -> uplink.answered(owner, message, rooms.hear(message), now));
  }

  private void usersAre(int number) {
    for (; users < number; users++) {
      rooms.put(TOPIC, "u" + users, new Member(1, users, UserStatus.ONLINE, null));
    }
    for (; users > number; users--) {
      rooms.put(TOPIC, "u" + (users - 1), null);
    }
    tick();
  }

  private void tick() {
    rooms.news(10_000, false).ifPresent(news -> rooms.answered(news, views.hear(news)));
  }

  private List<Integer> counts() {
    return told.stream().map(telling -> telling instanceof PresenceState state ? state.count() : ((PresenceDiff) telling).count()).toList();
  }

  @Test
  void theFirstCountIsToldAtOnceAndTheNextWhenItsTimeHasCome() {
    begin();
    usersAre(20);
    usersAre(21);
    usersAre(22);
    usersAre(23);
    views.beat();
    assertThat(counts()).endsWith(20, 21);
    views.beat();
    assertThat(counts()).endsWith(20, 21, 23);
    views.beat();
    views.beat();
    usersAre(24);
    assertThat(counts()).as("long after the last one: at once").endsWith(21, 23, 24);
  }

  @Test
  void whatIsBackAsItWasIsNotTold() {
    begin();
    usersAre(20);
    usersAre(21);
    int before = told.size();
    usersAre(25);
    usersAre(21);
    for (int i = 0; i < TopicView.MOST_BEATS; i++) {
      views.beat();
    }
    assertThat(told).hasSize(before);
  }

  @Test
  void smallerTopicsAreToldWithEachTick() {
    begin();
    usersAre(5);
    usersAre(6);
    usersAre(7);
    usersAre(3);
    usersAre(2);
    assertThat(counts()).endsWith(5, 6, 7, 3, 2);
  }

  @Test
  void whoComesMeanwhileIsToldWhatTheOthersWereTold() {
    begin();
    usersAre(20);
    usersAre(21);
    usersAre(22);
    views.watch(1, TOPIC, 2);
    assertThat(counts()).endsWith(21, 21);
    views.beat();
    views.beat();
    assertThat(counts()).endsWith(21, 21, 22);
  }

  @Test
  void aTopicThatNobodyWatchesAnyMoreIsForgotten() {
    begin();
    usersAre(20);
    usersAre(21);
    usersAre(22);
    views.unwatch(0, TOPIC, 1);
    up();
    tick();
    views.beat();
    views.beat();
    int before = told.size();
    assertThat(views.state(TOPIC)).isEmpty();
    views.watch(0, TOPIC, 3);
    up();
    tick();
    assertThat(counts().subList(before, told.size())).containsExactly(22);
  }

  /** Whatever happens, the numbers have no hole, there are few frames, and the last count is right after the longest rest. */
  @Property(tries = 500)
  void countsAreRareAndRight(@ForAll @Size(max = 60) List<@IntRange(min = -1, max = 60) Integer> steps) {
    // jqwik tries all with one instance.
    new CountPaceTest().assertRareAndRight(steps);
  }

  private void assertRareAndRight(List<Integer> steps) {
    begin();
    int beats = 0;
    for (int step : steps) {
      if (step < 0) {
        views.beat();
        beats++;
      } else {
        usersAre(step);
      }
    }
    for (int i = 0; i < TopicView.MOST_BEATS; i++) {
      views.beat();
    }
    long rev = 0;
    for (PresenceTelling telling : told) {
      assertThat(telling.rev()).isEqualTo(rev + 1);
      rev = telling.rev();
    }
    assertThat(counts().get(told.size() - 1)).isEqualTo(users);
    long large = told.stream().filter(telling -> telling instanceof PresenceDiff diff && diff.sampled() && diff.count() >= USERS_OF_A_BEAT).count();
    long changesOfForm = told.stream().filter(PresenceState.class::isInstance).count();
    long small = told.stream().filter(telling -> telling instanceof PresenceDiff diff && diff.sampled() && diff.count() < USERS_OF_A_BEAT).count();
    assertThat(large).isLessThanOrEqualTo(beats + TopicView.MOST_BEATS + 1 + changesOfForm + small);
  }
}
