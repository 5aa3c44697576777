package io.vestibule.cluster.hazelcast;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.spi.merge.MergingValue;
import com.hazelcast.spi.merge.SplitBrainMergePolicy;
import io.vestibule.cluster.ownership.Term;

/**
 * Joins two halves of a cluster that was partitioned: of a shard that both sides took over, the higher term stays, so that terms
 * never fall. At equal terms the smaller owner id stays, on both sides the same.
 */
public final class HighestTermMerge implements SplitBrainMergePolicy<String, MergingValue<String>, String> {

  @Override
  public String merge(MergingValue<String> merging, MergingValue<String> existing) {
    if (existing == null || existing.getValue() == null) {
      return merging.getValue();
    }
    Term ours = Term.parse(existing.getValue());
    Term theirs = Term.parse(merging.getValue());
    return (theirs.compareTo(ours) > 0 ? theirs : ours).encode();
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
