package io.vestibule.gateway.log.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.gateway.log.core.StoreChoice.Phase;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class StoreChoiceTest {
  private static final Set<String> THREE = Set.of("a", "b", "c");

  private static StoreChoice at(long term, Long... owed) {
    return new StoreChoice(term, new TreeSet<>(List.of(owed)), Map.of());
  }

  private static StoreChoice votes(StoreChoice choice, Set<String> gateways, Map<String, Boolean> votes) {
    StoreChoice now = choice;
    for (Map.Entry<String, Boolean> vote : votes.entrySet()) {
      now = now.heard(vote.getKey(), vote.getValue(), 0, gateways, true);
    }
    return now;
  }

  @Test
  void oneOfThreeDoesNotTakeTheClusterWithIt() {
    assertThat(votes(StoreChoice.FIRST, THREE, Map.of("a", false)).term()).isZero();
    assertThat(votes(StoreChoice.FIRST, THREE, Map.of("a", false, "b", true, "c", true)).phase()).isEqualTo(Phase.REDIS);
  }

  @Test
  void mostOfThemDo() {
    assertThat(votes(StoreChoice.FIRST, THREE, Map.of("a", false, "b", false)).phase()).isEqualTo(Phase.LEAVING);
    assertThat(votes(StoreChoice.FIRST, Set.of("a", "b"), Map.of("a", false)).phase()).as("one of two").isEqualTo(Phase.REDIS);
    assertThat(votes(StoreChoice.FIRST, Set.of("a"), Map.of("a", false)).phase()).as("one of one").isEqualTo(Phase.LEAVING);
  }

  @Test
  void whoHasGoneHasNoVote() {
    StoreChoice told = StoreChoice.FIRST.heard("a", false, 0, THREE, true).heard("b", null, 0, Set.of("b", "c"), true);
    assertThat(told.votes()).isEmpty();
    assertThat(told.heard("b", false, 0, Set.of("b", "c"), true).phase()).isEqualTo(Phase.REDIS);
  }

  @Test
  void whoDoesNotSeeTheClusterDecidesNothing() {
    assertThat(StoreChoice.FIRST.heard("a", false, 0, Set.of("a"), false).term()).isZero();
  }

  @Test
  void goesRoundAndOwesWhatWasKeptMeanwhile() {
    StoreChoice memory = votes(StoreChoice.FIRST, THREE, Map.of("a", false, "b", false)).left(1);
    assertThat(memory).isEqualTo(new StoreChoice(2, new TreeSet<>(Set.of(2L)), memory.votes()));
    assertThat(votes(memory, THREE, Map.of("a", true)).phase()).isEqualTo(Phase.MEMORY);
    StoreChoice returning = votes(memory, THREE, Map.of("b", true, "a", true));
    assertThat(returning.phase()).isEqualTo(Phase.RETURNING);
    assertThat(returning.isTurnOf("a")).isTrue();
    assertThat(returning.isTurnOf("b")).isFalse();
    assertThat(returning.returned(3, Set.of(2L))).isEqualTo(new StoreChoice(4, new TreeSet<>(), returning.votes()));
  }

  @Test
  void lostAgainBeforeAllIsBroughtBackItOwesBoth() {
    StoreChoice again = votes(at(3, 2L), THREE, Map.of("a", false, "b", false));
    assertThat(again.term()).isEqualTo(5);
    assertThat(again.left(5).owed()).containsExactly(2L, 6L);
  }

  @Test
  void aChangeThatComesLateIsNone() {
    assertThat(at(2, 2L).left(1)).isEqualTo(at(2, 2L));
    assertThat(at(5, 2L).left(1)).isEqualTo(at(5, 2L));
    assertThat(at(7, 2L, 6L).returned(3, Set.of(2L))).isEqualTo(at(7, 2L, 6L));
    assertThat(at(6, 2L).returned(6, Set.of(2L))).as("not now").isEqualTo(at(6, 2L));
  }

  @Test
  void halvesThatMeetOweWhatBothKept() {
    StoreChoice joined = at(4).joinedWith(at(2, 2L));
    assertThat(joined).isEqualTo(at(4, 2L)).isEqualTo(at(2, 2L).joinedWith(at(4)));
    assertThat(votes(joined, THREE, Map.of("a", true, "b", true)).phase()).isEqualTo(Phase.RETURNING);
  }

  @Test
  void anEarlierLifeOfTheClusterIsOutdone() {
    assertThat(at(0).heard("a", null, 57, THREE, true).term()).isEqualTo(60);
    assertThat(at(0).heard("a", null, 60, THREE, true).term()).isEqualTo(64);
    assertThat(at(64).heard("a", null, 60, THREE, true).term()).isEqualTo(64);
    assertThat(at(3, 2L).heard("a", null, 64, THREE, true).term()).isEqualTo(67);
    assertThat(at(2, 2L).heard("a", null, 64, THREE, true).term()).isEqualTo(2);
  }

  @Test
  void whatTheClusterHasLostItsNodesRemember() {
    assertThat(StoreChoice.FIRST.remembered(at(6, 6L))).isEqualTo(at(6, 6L));
    assertThat(at(8).remembered(at(6, 6L))).as("it was brought back since").isEqualTo(at(8));
  }
}
