package io.vestibule.gateway.topic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SubscriberSetTest {

  /** Hashes that meet all the time. */
  record Clumsy(int id) {
    @Override
    public int hashCode() {
      return id % 3;
    }
  }

  @Property
  void isASet(@ForAll @Size(max = 200) List<@IntRange(min = -20, max = 20) Integer> history) {
    Set<Clumsy> model = new HashSet<>();
    Object cell = null;
    for (int step : history) {
      var subscriber = new Clumsy(Math.abs(step));
      cell = step >= 0 ? SubscriberSet.with(cell, subscriber) : SubscriberSet.without(cell, subscriber);
      if (step >= 0) {
        model.add(subscriber);
      } else {
        model.remove(subscriber);
      }
      assertThat(members(cell)).containsExactlyInAnyOrderElementsOf(model);
      assertThat(SubscriberSet.count(cell)).isEqualTo(model.size());
    }
  }

  @Test
  void holdsOneWithoutASet() {
    Object cell = SubscriberSet.with(null, "a");
    assertThat(cell).isEqualTo("a");
    assertThat(SubscriberSet.without(SubscriberSet.with(cell, "b"), "a")).isEqualTo("b");
    assertThat(SubscriberSet.without("a", "a")).isNull();
  }

  /** Counts how often it is compared. */
  static final class Compared {
    private final int[] comparisons;

    Compared(int[] comparisons) {
      this.comparisons = comparisons;
    }

    @Override
    public boolean equals(Object other) {
      comparisons[0]++;
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }

  @Test
  void removesFromTenThousandInAFewComparisonsAndShrinks() {
    int[] comparisons = new int[1];
    var all = new Compared[10_000];
    Object cell = null;
    for (int i = 0; i < all.length; i++) {
      all[i] = new Compared(comparisons);
      cell = SubscriberSet.with(cell, all[i]);
    }
    comparisons[0] = 0;
    for (int i = 0; i < all.length - 2; i++) {
      cell = SubscriberSet.without(cell, all[i]);
    }
    assertThat(comparisons[0]).isLessThan(all.length * 10);
    assertThat(((SubscriberSet) cell).slots()).hasSizeLessThanOrEqualTo(16);
  }

  private static List<Object> members(Object cell) {
    if (cell instanceof SubscriberSet set) {
      return Arrays.stream(set.slots()).filter(Objects::nonNull).toList();
    }
    return cell == null ? List.of() : List.of(cell);
  }
}
