package io.vestibule.gateway.frame;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class TimestampsTest {
  private final Timestamps timestamps = new Timestamps();

  @Property
  void aTimeIsReadAgainAsItIs(@ForAll @LongRange(min = -62_135_596_800_000L, max = 253_402_300_799_999L) long epochMs) {
    String text = timestamps.of(epochMs);
    assertThat(text).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
    assertThat(Instant.parse(text).toEpochMilli()).isEqualTo(epochMs);
    assertThat(timestamps.of(epochMs)).isSameAs(text);
  }

  @Property
  void manyOfOneSecondAreReadAgainToo(@ForAll @LongRange(min = -62_135_596_800L, max = 253_402_300_798L) long epochSecond, @ForAll List<@IntRange(max = 1_999) Integer> ms) {
    for (int each : ms) {
      long epochMs = epochSecond * 1_000 + each;
      assertThat(Instant.parse(timestamps.of(epochMs)).toEpochMilli()).isEqualTo(epochMs);
    }
  }

  @Example
  void timesBeyondAllCalendarsAreWrittenSomehow() {
    for (long epochMs : new long[] {Long.MIN_VALUE, Long.MAX_VALUE, 253_402_300_800_000L}) {
      assertThat(Instant.parse(timestamps.of(epochMs)).toEpochMilli()).isEqualTo(epochMs);
    }
  }
}
