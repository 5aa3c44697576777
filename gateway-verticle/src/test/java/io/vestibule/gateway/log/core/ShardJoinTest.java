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
}
