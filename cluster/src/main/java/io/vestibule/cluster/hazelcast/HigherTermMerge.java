package io.vestibule.cluster.hazelcast;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.spi.merge.MergingValue;
import com.hazelcast.spi.merge.SplitBrainMergePolicy;

/**
 * Joins two halves of a cluster that was partitioned: of a shard that both sides led, what the higher term wrote stays, whole, if all its
 * entries carry the term; at equal terms the larger side's stay. It is in this module because Hazelcast wants the class wherever the map is configured.
 */
public final class HigherTermMerge implements SplitBrainMergePolicy<Termed, MergingValue<Termed>, Object> {

  @Override
  public Object merge(MergingValue<Termed> merging, MergingValue<Termed> existing) {
    boolean staysAsItIs = existing != null && existing.getRawValue() != null
        && existing.getValue().term() >= merging.getValue().term();
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
