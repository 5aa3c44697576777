package io.vestibule.gateway.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class StrikesTest {

  @Property
  void itCountsThoseOfTheSameMinute(@ForAll @LongRange(min = -1L << 40, max = 1L << 40) long start,
      @ForAll @Size(max = 200) List<@LongRange(min = 0, max = 40_000) Long> pausesMs) {
    long state = 0;
    long minute = Long.MIN_VALUE;
    int expected = 0;
    long now = start;
    for (long pause : pausesMs) {
      now += pause;
      expected = now / 60_000 == minute ? expected + 1 : 1;
      minute = now / 60_000;
      state = Strikes.add(state, now);
      // The state 0 is that of minute 0 without an offence.
      assertThat(Strikes.count(state)).isEqualTo(expected);
    }
  }
}
