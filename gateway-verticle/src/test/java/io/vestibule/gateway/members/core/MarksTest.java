package io.vestibule.gateway.members.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.gateway.log.Position;
import io.vestibule.gateway.log.core.Cursor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class MarksTest {
  private static final long NOW = 1_800_000_000_000L;

  private static Position at(long offset) {
    return new Position(7, offset);
  }

  @Test
  void ofSeveralDevicesTheFurthestCounts() {
    Map<String, Mark> marks = Marks.of(List.of(
        new Cursor(Cursor.device("ann", "a"), 7, 3, NOW), new Cursor(Cursor.device("ann", "b"), 7, 5, NOW - 9), new Cursor(Cursor.read("ann"), 7, 2, NOW),
        new Cursor(Cursor.device("b/o%b", "a/b"), 7, 1, NOW), new Cursor(Cursor.read("b/o%b"), 7, 1, NOW - Cursor.KEPT_MS), new Cursor("device/x", 7, 9, NOW), new Cursor("other/y", 7, 9, NOW)), NOW);
    assertThat(marks).isEqualTo(Map.of("ann", new Mark(at(5), at(2)), "b/o%b", new Mark(at(1), null)));
  }

  @Test
  void theEpochThatWasSpokenOfLastCounts() {
    assertThat(Marks.of(List.of(new Cursor(Cursor.device("ann", "a"), 8, 1, NOW), new Cursor(Cursor.device("ann", "b"), 7, 5, NOW - 9)), NOW)).isEqualTo(Map.of("ann", new Mark(new Position(8, 1), null)));
  }

  @Test
  void namesAreNobodyElses() {
    assertThat(Cursor.member(Cursor.device("a%2Fb", "c"))).isEqualTo("a%2Fb");
    assertThat(Cursor.member(Cursor.device("a/b", "c"))).isEqualTo("a/b");
    assertThat(Cursor.member(Cursor.read("a/b"))).isEqualTo("a/b");
    assertThat(Cursor.device("a/b", "c")).isNotEqualTo(Cursor.device("a", "b/c"));
    assertThat(Cursor.most(Cursor.device("a", "b"))).isEqualTo(Cursor.DEVICES);
    assertThat(Cursor.most(Cursor.read("a"))).isGreaterThanOrEqualTo(ShardMembers.MEMBERS);
  }

  /** Whatever comes in whatever order, each place that is told is further than the one before, and in the end it is the furthest. */
  @Property(tries = 300)
  void whatIsToldNeverGoesBack(@ForAll long seed) {
    Random random = new Random(seed);
    Marks marks = new Marks();
    Map<String, Long> told = new HashMap<>();
    Map<String, Long> furthest = new HashMap<>();
    for (int step = 0; step < 60; step++) {
      String user = "u" + random.nextInt(3);
      long offset = 1 + random.nextInt(20);
      boolean read = random.nextBoolean();
      Mark news = marks.rise(user, read ? new Mark(null, at(offset)) : new Mark(at(offset), null));
      String key = user + read;
      furthest.merge(key, offset, Math::max);
      if (news != null) {
        long now = (read ? news.read() : news.delivered()).offset();
        assertThat(now).isGreaterThan(told.getOrDefault(key, 0L));
        told.put(key, now);
      }
    }
    assertThat(told).isEqualTo(furthest);
  }
}
