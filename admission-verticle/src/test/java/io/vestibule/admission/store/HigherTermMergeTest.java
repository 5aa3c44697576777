package io.vestibule.admission.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.spi.merge.MergingValue;
import org.junit.jupiter.api.Test;

class HigherTermMergeTest {
  private final HigherTermMerge merge = new HigherTermMerge();

  @Test
  void theHigherTermStaysWhicheverIsMerged() {
    JournalEntry low = entry(3);
    JournalEntry high = entry(4);
    assertThat(merge.merge(value(low), value(high))).isSameAs(high);
    assertThat(merge.merge(value(high), value(low))).isSameAs(high);
  }

  @Test
  void atEqualTermsTheLargerSideStays() {
    JournalEntry there = entry(4);
    assertThat(merge.merge(value(entry(4)), value(there))).isSameAs(there);
  }

  @Test
  void whatOnlyOneSideHasStays() {
    JournalEntry alone = entry(1);
    assertThat(merge.merge(value(alone), null)).isSameAs(alone);
    assertThat(merge.merge(value(alone), value(null))).isSameAs(alone);
  }

  private static JournalEntry entry(long term) {
    JournalEntry entry = new JournalEntry();
    entry.answer(new JournalCall.Open(new Fence(term, 1, 1)));
    return entry;
  }

  private static MergingValue<JournalEntry> value(JournalEntry entry) {
    return new MergingValue<>() {
      @Override
      public JournalEntry getValue() {
        return entry;
      }

      @Override
      public Object getRawValue() {
        return entry;
      }
    };
  }
}
