package io.vestibule.admission.store;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.spi.merge.MergingValue;
import com.hazelcast.spi.merge.SplitBrainMergePolicy;

/**
 * Joins two halves of a cluster that was partitioned: of a queue that both sides led, what the higher term wrote stays, whole. All entries of a queue are opened with the same term,
 * so all are decided alike; at equal terms the larger side's stay, and the other's coordinator is refused from then on.
 */
final class HigherTermMerge implements SplitBrainMergePolicy<JournalEntry, MergingValue<JournalEntry>, Object> {

  HigherTermMerge() {}

  @Override
  public Object merge(MergingValue<JournalEntry> merging, MergingValue<JournalEntry> existing) {
    boolean staysAsItIs = existing != null && existing.getRawValue() != null
        && existing.getValue().fence().term() >= merging.getValue().fence().term();
    return staysAsItIs ? existing.getRawValue() : merging.getRawValue();
  }

  @Override
  public void writeData(ObjectDataOutput out) {
    // It has no state.
  }

  @Override
  public void readData(ObjectDataInput in) {
    // It has no state.
  }
}
