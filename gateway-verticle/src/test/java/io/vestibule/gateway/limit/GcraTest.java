package io.vestibule.gateway.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class GcraTest {

  /** A bucket of tokens that drips full: the same limit, told in the other way. */
  private static final class Bucket {
    private final long intervalUs;
    private final long capacityUs;
    private long levelUs;
    private long atUs;

    Bucket(int perSecond, int burst) {
      intervalUs = 1_000_000 / perSecond;
      capacityUs = intervalUs * burst;
      levelUs = capacityUs;
    }

    boolean take(long nowUs) {
      levelUs = Math.min(capacityUs, levelUs + nowUs - atUs);
      atUs = nowUs;
      boolean enough = levelUs >= intervalUs;
      levelUs -= enough ? intervalUs : 0;
      return enough;
    }
  }

  @Property
  void itPermitsWhatABucketPermits(@ForAll @IntRange(min = 1, max = 2_000) int perSecond, @ForAll @IntRange(min = 1, max = 500) int burst,
      @ForAll @Size(max = 300) List<@LongRange(min = 0, max = 100_000) Long> pausesUs) {
    Gcra limit = new Gcra(perSecond, burst);
    Bucket bucket = new Bucket(perSecond, burst);
    long tat = 0;
    long now = 0;
    for (long pause : pausesUs) {
      now += pause;
      boolean permitted = limit.waitUs(tat, now) == 0;
      assertThat(permitted).isEqualTo(bucket.take(now));
      assertThat(limit.remaining(tat, now) > 0).isEqualTo(permitted);
      if (permitted) {
        int before = limit.remaining(tat, now);
        tat = limit.take(tat, now);
        assertThat(limit.remaining(tat, now)).isEqualTo(before - 1);
      } else {
        long wait = limit.waitUs(tat, now);
        assertThat(limit.waitUs(tat, now + wait)).as("after the wait").isZero();
        assertThat(limit.waitUs(tat, now + wait - 1)).as("and not before").isEqualTo(1);
      }
      long full = limit.fullInUs(tat, now);
      assertThat(limit.remaining(tat, now + full)).as("full when it says").isEqualTo(burst);
      assertThat(full == 0 || limit.remaining(tat, now + full - 1) < burst).as("and not before").isTrue();
    }
  }

  @Property
  void aFreshOnePermitsItsBurst(@ForAll @IntRange(min = 1, max = 2_000) int perSecond, @ForAll @IntRange(min = 1, max = 500) int burst) {
    Gcra limit = new Gcra(perSecond, burst);
    long tat = 0;
    for (int i = 0; i < burst; i++) {
      assertThat(limit.remaining(tat, 0)).isEqualTo(burst - i);
      assertThat(limit.waitUs(tat, 0)).isZero();
      tat = limit.take(tat, 0);
    }
    assertThat(limit.waitUs(tat, 0)).isPositive();
    assertThat(limit.windowSeconds() * 1_000_000).isGreaterThanOrEqualTo(limit.fullInUs(tat, 0));
  }

  @Example
  void aLimitThatPermitsNothingIsRefused() {
    assertThatThrownBy(() -> new Gcra(0, 1)).hasMessageContaining("permits nothing");
    assertThatThrownBy(() -> new Gcra(1, 0)).hasMessageContaining("permits nothing");
  }

  @Example
  void theLargestRatesDoNotOverflow() {
    Gcra fast = new Gcra(Integer.MAX_VALUE, Integer.MAX_VALUE);
    Gcra slow = new Gcra(1, Integer.MAX_VALUE);
    assertThat(fast.remaining(0, 0)).isEqualTo(Integer.MAX_VALUE);
    assertThat(slow.remaining(0, 0)).isEqualTo(Integer.MAX_VALUE);
    assertThat(slow.windowSeconds()).isEqualTo(Integer.MAX_VALUE);
  }
}
