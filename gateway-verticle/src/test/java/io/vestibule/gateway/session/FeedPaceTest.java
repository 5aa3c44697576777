package io.vestibule.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The pace of an event loop, whose turns the test gives, and whose logs answer when it says so. */
class FeedPaceTest {
  private static final int MANY = 10_000;

  private final Deque<Runnable> turns = new ArrayDeque<>();
  private final AtomicLong nowMs = new AtomicLong();
  private final FeedPace pace = new FeedPace(turns::add, new LoopClock(nowMs::get, () -> 0));
  private final List<String> begun = new ArrayList<>();
  private final Deque<Promise<Void>> unanswered = new ArrayDeque<>();

  /** Somebody who begins with so many topics. */
  private FeedPace.Wishes somebody(String name, int topics) {
    int[] left = {topics};
    return () -> {
      if (left[0]-- <= 0) {
        return null;
      }
      begun.add(name);
      Promise<Void> answer = Promise.promise();
      unanswered.add(answer);
      return answer.future();
    };
  }

  private void turn() {
    turns.remove().run();
  }

  private void answer(int many) {
    for (int i = 0; i < many; i++) {
      unanswered.remove().complete();
    }
  }

  private Map<String, Long> shares() {
    return begun.stream().collect(Collectors.groupingBy(name -> name, TreeMap::new, Collectors.counting()));
  }

  @Test
  void beginsWithSomeInATurnAndGoesOnInTheNext() {
    pace.add(somebody("ann", MANY));
    assertThat(begun).as("at once").hasSize(FeedPace.IN_A_TURN);
    pace.add(somebody("bob", MANY));
    assertThat(begun).as("the turn is over").hasSize(FeedPace.IN_A_TURN);
    answer(FeedPace.IN_A_TURN);
    assertThat(turns).as("one turn is due at a time").hasSize(1);
    turn();
    assertThat(begun).hasSize(2 * FeedPace.IN_A_TURN);
  }

  @Test
  void waitsForAnswersWhereEnoughAreUnderWay() {
    pace.add(somebody("ann", MANY));
    while (!turns.isEmpty()) {
      turn();
    }
    assertThat(begun).hasSize(FeedPace.UNDER_WAY);

    answer(3);
    assertThat(begun).as("the first at once, the others in the next turn").hasSize(FeedPace.UNDER_WAY + 1);
    turn();
    assertThat(begun).hasSize(FeedPace.UNDER_WAY + 3);
    turn();
    assertThat(turns).isEmpty();
  }

  @Test
  void whoHasOneTopicDoesNotWaitForOneWhoHasVeryMany() {
    pace.add(somebody("ann", MANY));
    pace.add(somebody("bob", 1));
    pace.add(somebody("cid", 2));
    begun.clear();

    turn();
    assertThat(begun.subList(0, 5)).containsExactly("ann", "bob", "cid", "ann", "cid");
  }

  @Test
  void allHaveTheSameShareUntilEachHasAll() {
    pace.add(somebody("ann", MANY));
    pace.add(somebody("bob", 300));
    pace.add(somebody("cid", 300));
    while (begun.size() < 600) {
      turn();
      answer(unanswered.size());
    }
    // But for the turn before the others came.
    assertThat(shares().values()).allSatisfy(share -> assertThat(share).isBetween(190L - FeedPace.IN_A_TURN, 210L + FeedPace.IN_A_TURN));

    while (!turns.isEmpty()) {
      turn();
      answer(unanswered.size());
    }
    assertThat(shares()).containsExactly(Map.entry("ann", (long) MANY), Map.entry("bob", 300L), Map.entry("cid", 300L));
  }

  @Test
  void aLogThatDoesNotAnswerKeepsOthersWaitingForAMoment() {
    pace.add(somebody("ann", FeedPace.UNDER_WAY));
    while (!turns.isEmpty()) {
      turn();
    }
    pace.add(somebody("bob", 1));
    nowMs.set(FeedPace.PATIENCE_MS - 1);
    pace.tick();
    assertThat(turns).isEmpty();

    nowMs.set(FeedPace.PATIENCE_MS);
    pace.tick();
    assertThat(begun).last().isEqualTo("bob");
    answer(unanswered.size());
    turn();
    assertThat(turns).as("late answers count for nothing").isEmpty();
  }

  @Test
  void whatFailsOneDoesNotKeepTheOthers() {
    assertThatThrownBy(() -> pace.add(() -> {
      throw new IllegalStateException("as the test wants it");
    })).isInstanceOf(IllegalStateException.class);
    pace.add(somebody("bob", 1));
    turn();
    assertThat(begun).containsExactly("bob");
  }

  @Test
  void whatIsThereAtOnceTakesNoPlace() {
    int[] left = {3 * FeedPace.UNDER_WAY};
    pace.add(() -> left[0]-- > 0 ? Future.succeededFuture() : null);
    while (!turns.isEmpty()) {
      turn();
    }
    assertThat(left[0]).isEqualTo(-1);
  }
}
