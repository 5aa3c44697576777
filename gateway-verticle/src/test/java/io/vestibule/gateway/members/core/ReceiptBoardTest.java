package io.vestibule.gateway.members.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.gateway.log.Position;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReceiptBoardTest {
  private final ReceiptBoard board = new ReceiptBoard();

  private static Mark at(long offset) {
    return new Mark(new Position(7, offset), null);
  }

  private static Word word(boolean member, long atMs) {
    return new Word(member, atMs, atMs, 0, 0);
  }

  private static Map<String, Word> roster(String... users) {
    Map<String, Word> roster = new HashMap<>();
    for (String user : users) {
      roster.put(user, word(true, 100));
    }
    return roster;
  }

  private static Map<String, Word> many(int users) {
    return roster(IntStream.range(0, users).mapToObj(i -> "u" + i).toArray(String[]::new));
  }

  private Map<String, Mark> read(Map<String, Word> roster, Map<String, Mark> marks) {
    board.begin();
    return board.read(roster, marks);
  }

  @Test
  void whatCannotBeJudgedYetIsJudgedByTheReading() {
    assertThat(board.told("ann", at(3))).isNull();
    assertThat(board.told("eve", at(9))).isNull();
    assertThat(board.doubts()).isTrue();
    assertThat(read(roster("ann", "bob"), Map.of("ann", at(2), "bob", at(1)))).containsExactlyInAnyOrderEntriesOf(Map.of("ann", at(3), "bob", at(1)));
    assertThat(board.doubts()).isFalse();
    assertThat(board.all()).containsOnlyKeys("ann", "bob");
    assertThat(board.told("ann", at(3))).as("nobody is told twice").isNull();
    assertThat(board.told("ann", at(2))).as("nobody goes back").isNull();
    assertThat(board.told("ann", at(4))).isEqualTo(at(4));
  }

  /** That somebody has become a member may be heard after how far he is. */
  @Test
  void whoIsNotKnownToBeAMemberIsToldOfWhenHeIs() {
    read(roster("ann"), Map.of());
    assertThat(board.told("bob", at(1))).isNull();
    assertThat(read(roster("ann", "bob"), Map.of())).isEqualTo(Map.of("bob", at(1)));
    board.told("eve", at(1));
    assertThat(read(roster("ann", "bob"), Map.of("bob", at(1)))).as("who is none is not").isEmpty();
  }

  @Test
  void whatIsReadAgainAndWasNotToldIsNews() {
    read(roster("ann"), Map.of("ann", at(1)));
    assertThat(read(roster("ann"), Map.of("ann", at(5)))).isEqualTo(Map.of("ann", at(5)));
    assertThat(board.told("ann", at(5))).isNull();
  }

  @Test
  void whatIsSaidDuringAReadingCountsWhereItIsLater() {
    board.begin();
    board.turned("bob", word(true, 200));
    board.turned("ann", word(false, 50));
    board.turned("cid", word(false, 200));
    board.read(roster("ann", "cid"), Map.of("ann", at(1), "cid", at(1)));
    assertThat(board.all()).containsOnlyKeys("ann");
    assertThat(board.told("bob", at(1))).isEqualTo(at(1));
    assertThat(board.told("cid", at(2))).isNull();
  }

  @Test
  void whoLeavesIsForgottenAndAloneIsWhoHasNoOther() {
    read(roster("ann", "bob"), Map.of("bob", at(1)));
    assertThat(board.isAlone("ann")).isFalse();
    board.turned("bob", word(false, 300));
    assertThat(board.isAlone("ann")).isTrue();
    assertThat(board.isAlone("bob")).isFalse();
    assertThat(board.all()).isEmpty();
  }

  @Test
  void inALargeTopicNobodyIsToldUntilItIsNotSoLargeAnyMore() {
    Map<String, Mark> marks = many(201).keySet().stream().collect(Collectors.toMap(user -> user, user -> at(1)));
    assertThat(read(many(201), marks)).isEmpty();
    assertThat(board.isLarge()).isTrue();
    assertThat(board.told("u1", at(2))).isNull();
    assertThat(board.doubts()).isFalse();
    assertThat(board.all()).isEmpty();
    assertThat(board.turned("u200", word(false, 300))).as("all are to be told").isTrue();
    assertThat(board.isKnown()).isFalse();
    read(many(200), marks);
    assertThat(board.all()).hasSize(200);
    assertThat(board.turned("v", word(true, 300))).isFalse();
    assertThat(board.isLarge()).isTrue();
    assertThat(board.all()).isEmpty();
  }

  @Test
  void whatIsDoubtedIsBounded() {
    IntStream.range(0, 1_000).forEach(i -> board.told("u" + i, at(1)));
    assertThat(board.people()).isEqualTo(ReceiptBoard.MOST_MEMBERS);
  }
}
