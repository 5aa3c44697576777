package io.vestibule.bench.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MemoryBoundsTest {
  private static final long MIB = 1 << 20;
  private final MemoryBounds bounds = new MemoryBounds(64 * MIB, 1, new MemorySample(100 * MIB, 10 * MIB, 0, 0));

  @Test
  void whatIsHeldWithoutMessagesAndWhatMayBeHeldOfThemIsTheBound() {
    assertThat(bounds.exceeded(new MemorySample((100 + 80 + 64) * MIB, 74 * MIB, 64 * MIB, 5))).isEmpty();
    assertThat(bounds.exceeded(new MemorySample((100 + 80 + 64) * MIB + 1, 74 * MIB + 1, 64 * MIB + 1, 5)))
        .satisfiesExactly(heap -> assertThat(heap).startsWith("live bytes"), direct -> assertThat(direct).startsWith("direct memory"), logs -> assertThat(logs).startsWith("logs"));
  }

  @Test
  void aNodeOfFourHoldsHalfOfThem() {
    assertThat(new MemoryBounds(64 * MIB, 4, new MemorySample(0, 0, 0, 0)).heap()).isEqualTo((40 + 64) * MIB);
    assertThat(new MemoryBounds(64 * MIB, 2, new MemorySample(0, 0, 0, 0)).heap()).isEqualTo((80 + 64) * MIB);
  }

  @Test
  void whoSaysNothingOfItsLogsIsNotWithinThem() {
    assertThat(bounds.exceeded(new MemorySample(0, 0, Double.NaN, 0))).hasSize(1);
  }

  @Test
  void sizesAreThoseOfTheConfiguration() {
    assertThat(MemoryBounds.bytes("64MiB")).isEqualTo(64 * MIB);
    assertThat(MemoryBounds.bytes("1KiB")).isEqualTo(1024);
    assertThat(MemoryBounds.bytes("2GiB")).isEqualTo(2048 * MIB);
    assertThatThrownBy(() -> MemoryBounds.bytes("64")).hasMessageContaining("'64' is no size");
  }
}
