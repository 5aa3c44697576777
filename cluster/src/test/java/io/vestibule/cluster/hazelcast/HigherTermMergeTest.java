package io.vestibule.cluster.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.spi.merge.MergingValue;
import org.junit.jupiter.api.Test;

class HigherTermMergeTest {
  private final HigherTermMerge merge = new HigherTermMerge();

  @Test
  void theHigherTermStaysWhicheverIsMerged() {
    Termed low = entry(3);
    Termed high = entry(4);
    assertThat(merge.merge(value(low), value(high))).isSameAs(high);
    assertThat(merge.merge(value(high), value(low))).isSameAs(high);
  }

  @Test
  void atEqualTermsTheLargerSideStays() {
    Termed there = entry(4);
    assertThat(merge.merge(value(entry(4)), value(there))).isSameAs(there);
  }

  @Test
  void whatOnlyOneSideHasStays() {
    Termed alone = entry(1);
    assertThat(merge.merge(value(alone), null)).isSameAs(alone);
    assertThat(merge.merge(value(alone), value(null))).isSameAs(alone);
  }

  private static Termed entry(long term) {
    // One each time: which of two stays is seen by identity.
    return new Termed() {
      @Override
      public long term() {
        return term;
      }
    };
  }

  private static MergingValue<Termed> value(Termed entry) {
    return new MergingValue<>() {
      @Override
      public Termed getValue() {
        return entry;
      }

      @Override
      public Object getRawValue() {
        return entry;
      }
    };
  }
}
