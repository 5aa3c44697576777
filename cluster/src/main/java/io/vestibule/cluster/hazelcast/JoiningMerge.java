package io.vestibule.cluster.hazelcast;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.spi.merge.MergingValue;
import com.hazelcast.spi.merge.SplitBrainMergePolicy;

/**
 * Joins two halves of a cluster that was partitioned, where each may have written what the other has not: the value makes one of both. It is in this module because Hazelcast wants the class wherever
 * the map is configured.
 */
public final class JoiningMerge<T extends Joinable<T>> implements SplitBrainMergePolicy<T, MergingValue<T>, Object> {

  @Override
  public Object merge(MergingValue<T> merging, MergingValue<T> existing) {
    if (existing == null || existing.getRawValue() == null) {
      return merging.<T>getValue().alone();
    }
    return existing.<T>getValue().joinedWith(merging.getValue());
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
