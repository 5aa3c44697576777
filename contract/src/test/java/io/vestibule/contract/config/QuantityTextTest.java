package io.vestibule.contract.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuantityTextTest {
  @Test
  void readsEveryUnit() {
    assertThat(DurationText.parse("500ms")).isEqualTo(Duration.ofMillis(500));
    assertThat(DurationText.parse("30s")).isEqualTo(Duration.ofSeconds(30));
    assertThat(DurationText.parse("5m")).isEqualTo(Duration.ofMinutes(5));
    assertThat(DurationText.parse("1h")).isEqualTo(Duration.ofHours(1));
    assertThat(DurationText.parse("30d")).isEqualTo(Duration.ofDays(30));
    assertThat(DurationText.parse("0")).isEqualTo(Duration.ZERO);
    assertThat(SizeText.parse("512B")).isEqualTo(512);
    assertThat(SizeText.parse("64KiB")).isEqualTo(65_536);
    assertThat(SizeText.parse("1MiB")).isEqualTo(1_048_576);
    assertThat(SizeText.parse("1GiB")).isEqualTo(1_073_741_824);
    assertThat(SizeText.parse("0")).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "30", "s", "-1s", "1.5s", "30 s", "30S", "1w", "3651d", "9999999999999ms", "30s "})
  void refusesWhatIsNoDuration(String text) {
    assertThatThrownBy(() -> DurationText.parse(text)).isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith("a duration");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "64", "64KB", "64k", "-1B", "1.5MiB", "999999999999GiB", "1 MiB"})
  void refusesWhatIsNoSize(String text) {
    assertThatThrownBy(() -> SizeText.parse(text)).isInstanceOf(IllegalArgumentException.class).hasMessage(SizeText.EXPECTED);
  }

  @Property
  void whatIsWrittenReadsTheSame(@ForAll @LongRange(min = 0, max = 315_360_000_000L) long millis, @ForAll @LongRange(min = 0, max = 999_999_999_999L) long bytes) {
    assertThat(DurationText.parse(DurationText.format(Duration.ofMillis(millis)))).isEqualTo(Duration.ofMillis(millis));
    assertThat(SizeText.parse(SizeText.format(bytes))).isEqualTo(bytes);
  }

  @Test
  void aCheckReportsEveryBrokenRule() {
    assertThatThrownBy(() -> Settings.check()
        .port("port", 70_000)
        .atLeast("instances", 3, 0)
        .size("max-frame", 2048, 4096, 1 << 20)
        .duration("timeout", Duration.ofSeconds(90), Duration.ZERO, Duration.ofMinutes(1))
        .verify())
        .isInstanceOfSatisfying(InvalidSettings.class, e -> assertThat(e.problems()).extracting(InvalidSettings.Problem::key)
            .containsExactly("port", "max-frame", "timeout"))
        .hasMessage("port 70000 is not between 0 and 65535; max-frame 2KiB is not between 4KiB and 1MiB; timeout 90s is not between 0s and 1m");
  }
}
