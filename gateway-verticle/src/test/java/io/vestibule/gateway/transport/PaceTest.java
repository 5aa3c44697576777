package io.vestibule.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class PaceTest {
  private static final long US = 1_000;
  private static final long DELAY = 3_000 * US;

  private final Pace pace = new Pace(() -> { }, 0);
  private long now;
  private int waiting;

  /** A message after so long; says how many are flushed with it, 0 if it waits. */
  private int message(long afterMicros, int spread) {
    now += afterMicros * US;
    waiting++;
    if (!pace.joins(now, DELAY)) {
      return 0;
    }
    int flushed = waiting;
    waiting = 0;
    pace.flushed(now, DELAY, spread);
    return flushed;
  }

  private List<Integer> stream(int messages, long gapMicros) {
    List<Integer> flushes = new ArrayList<>();
    for (int i = 0; i < messages; i++) {
      int flushed = message(gapMicros, 0);
      if (flushed > 0) {
        flushes.add(flushed);
      }
    }
    return flushes;
  }

  @Test
  void aSlowStreamNeverWaits() {
    assertThat(stream(100, 3_100)).hasSize(100).containsOnly(1);
  }

  @Test
  void aFastOneIsJoinedByAsManyAsComeWithinMostOfTheDelay() {
    stream(100, 667);
    // Four messages 667 us apart: the first waits 2.0 of the 3 ms.
    assertThat(stream(100, 667)).hasSize(25).containsOnly(4);
    stream(1_000, 100);
    assertThat(stream(210, 100)).hasSize(10).allSatisfy(flushed -> assertThat(flushed).isBetween(20, 22));
  }

  @Test
  void aFlushCarriesABoundedNumber() {
    stream(2_000, 1);
    assertThat(stream(640, 1)).hasSize(10).containsOnly(64);
  }

  @Test
  void whoComesAfterAPauseDoesNotWait() {
    stream(100, 667);
    assertThat(message(3_000, 0)).isPositive();
    assertThat(message(10_000_000, 0)).isEqualTo(1);
  }

  @Test
  void socketsOfOneStreamAreSpreadOverItsMessages() {
    List<Pace> sockets = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      sockets.add(new Pace(() -> { }, 0));
    }
    int most = 0;
    int spread = 0;
    for (int i = 0; i < 400; i++) {
      now += 667 * US;
      int flushed = 0;
      for (Pace socket : sockets) {
        if (socket.joins(now, DELAY)) {
          socket.flushed(now, DELAY, spread++);
          flushed++;
        }
      }
      if (i >= 300) {
        most = Math.max(most, flushed);
      }
    }
    // A quarter each would be best; without the spread all forty go with the same message.
    assertThat(most).isLessThan(20);
  }

  /** Whatever comes when: what waits longer than the delay is only what nobody came after, and that is what the queue's timer is for. */
  @Property
  void nobodyWaitsWhileOthersComeAfterTheDelay(@ForAll @Size(min = 1, max = 300) List<@IntRange(max = 5_000) Integer> gaps) {
    Pace any = new Pace(() -> { }, 0);
    long time = 0;
    long flushedAt = Long.MIN_VALUE / 2;
    int joined = 0;
    for (int gap : gaps) {
      time += gap * US;
      joined++;
      boolean due = any.joins(time, DELAY);
      assertThat(due || time - flushedAt < DELAY).isTrue();
      assertThat(joined).isLessThanOrEqualTo(64);
      if (due) {
        any.flushed(time, DELAY, gap);
        flushedAt = time;
        joined = 0;
      }
    }
  }
}
