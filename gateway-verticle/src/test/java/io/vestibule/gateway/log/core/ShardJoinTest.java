package io.vestibule.gateway.log.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.gateway.log.core.Append.Draft;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShardJoinTest {
  private static final LogBounds BOUNDS = new LogBounds(100, 60_000, 0);

  private static Append append(long writer, String text) {
    return new Append("durable.a", writer, 1, 1_000, 5, BOUNDS, List.of(new Draft(null, text.getBytes(StandardCharsets.UTF_8))));
  }

  private static ShardLog half(Append... appends) {
    ShardLog shard = new ShardLog(7);
    for (Append append : appends) {
      shard.append(append, Long.MAX_VALUE);
    }
    return shard;
  }

  private static LogImage joined(ShardLog ours, ShardLog theirs) {
    return ShardJoin.of(ours, theirs, 9).images().get(0);
  }

  private static List<String> texts(LogImage log) {
    return log.messages().stream().map(message -> new String(message.payload(), StandardCharsets.UTF_8)).toList();
  }

  @Test
  void whatOneHalfContinuedStaysAsItIs() {
    LogImage log = joined(half(append(1, "one")), half(append(1, "one"), append(2, "two")));
    assertThat(texts(log)).containsExactly("one", "two");
    assertThat(log.epoch()).isEqualTo(5);
  }

  /** An append of which nobody knew whether it was stored is repeated, and may get the same place and version in both. */
  @Test
  void theSameEndDoesNotMakeTwoHistoriesOne() {
    LogImage log = joined(half(append(1, "one"), append(2, "ours"), append(4, "last")), half(append(1, "one"), append(3, "theirs"), append(4, "last")));
    assertThat(texts(log)).containsExactlyInAnyOrder("one", "ours", "theirs", "last");
    assertThat(log.epoch()).isNotEqualTo(5);
  }

  private static Append few(long writer, String text) {
    return new Append("durable.a", writer, 1, 1_000, 5, new LogBounds(2, 60_000, 0), List.of(new Draft(null, text.getBytes(StandardCharsets.UTF_8))));
  }

  private static void move(ShardLog half, String device, long offset) {
    half.move(List.of(new CursorMove("durable.a", Cursor.device(device), 5, offset)), 1_000 + offset, Long.MAX_VALUE);
  }

  private static CursorSlice read(ShardLog shard, String device) {
    return shard.read(new CursorRead("durable.a", Cursor.device(device), 100, 1 << 20, 1_000));
  }

  @Test
  void whoMissedSomethingBeforeTheyPartedIsToldSo() {
    ShardLog ours = half(few(1, "1"), few(2, "2"), few(3, "3"), few(4, "ours"));
    ShardLog theirs = half(few(1, "1"), few(2, "2"), few(3, "3"), few(5, "theirs"));
    move(ours, "behind", 1);
    move(theirs, "with", 2);
    move(theirs, "ahead", 3);
    ShardLog joined = ShardJoin.of(ours, theirs, 9);
    assertThat(texts(joined.images().get(0))).containsExactly("3", "ours", "theirs");
    assertThat(read(joined, "behind").cursor().offset()).isZero();
    assertThat(read(joined, "behind").slice().first()).as("something before it is gone").isEqualTo(2);
    assertThat(read(joined, "with").cursor().offset()).as("it misses nothing").isEqualTo(1);
    assertThat(read(joined, "with").slice().messages()).hasSize(3);
    assertThat(read(joined, "ahead").slice().messages()).hasSize(2);
  }

  @Test
  void whatNobodyHasAnyMoreIsGoneForWhoHasNotHeardBothHalves() {
    ShardLog ours = half(few(1, "1"), few(2, "ours"), few(3, "ours too"), few(4, "and more"));
    ShardLog theirs = half(few(1, "1"), few(5, "theirs"), few(6, "theirs too"));
    move(ours, "here", 4);
    ShardLog joined = ShardJoin.of(ours, theirs, 9);
    CursorSlice here = read(joined, "here");
    assertThat(here.slice().first() - 1).as("what fell out of the other half is told as missing").isGreaterThan(here.cursor().offset());
    assertThat(joined.images().get(0).began()).isEqualTo(joined.images().get(0).head());
  }

  @Test
  void aLogThatLostNothingBeginsWithItsFirst() {
    assertThat(joined(half(append(1, "one"), append(2, "ours")), half(append(1, "one"), append(3, "theirs"))).messages().get(0).offset()).isEqualTo(1);
  }

  @Test
  void asManyReadersAsALogHasAreKept() {
    for (String end : List.of("one", "other")) {
      ShardLog ours = half(append(1, "one"));
      ShardLog theirs = half(append(1, "one"), append(2, "other"));
      if (end.equals("other")) {
        ours.append(append(3, "ours"), Long.MAX_VALUE);
      }
      for (int i = 0; i < Cursor.DEVICES; i++) {
        move(ours, "ours" + i, 0);
        move(theirs, "theirs" + i, 1);
      }
      LogImage log = joined(ours, theirs);
      assertThat(log.cursors()).hasSize(Cursor.DEVICES).as("who was heard of last").allMatch(cursor -> cursor.name().contains("theirs"));
    }
  }
}
