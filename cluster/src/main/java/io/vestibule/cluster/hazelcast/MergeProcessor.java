package io.vestibule.cluster.hazelcast;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.DataSerializable;
import com.hazelcast.spi.merge.DiscardMergePolicy;
import com.hazelcast.spi.merge.MergingValue;
import com.hazelcast.spi.merge.PassThroughMergePolicy;
import com.hazelcast.spi.merge.SplitBrainMergePolicy;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;

/** Merges a value into an entry, as the data grid does when halves of a cluster meet. Answers {@link #CHANGED} where that made a difference. */
final class MergeProcessor implements EntryProcessor<String, Object, byte[]>, DataSerializable {
  /** The answer where the entry is another one now. */
  static final byte[] CHANGED = {1};
  private static final byte[] UNCHANGED = {0};

  private SplitBrainMergePolicy<Object, MergingValue<Object>, Object> rule;
  private Object value;
  private MergeProcessor repeated;

  /** One that is going to be read. */
  MergeProcessor() {}

  /** One that is to be sent. */
  @SuppressWarnings("unchecked")
  MergeProcessor(SplitBrainMergePolicy<?, ?, ?> rule, Object value) {
    this.rule = (SplitBrainMergePolicy<Object, MergingValue<Object>, Object>) rule;
    this.value = value;
  }

  @Override
  public byte[] process(Map.Entry<String, Object> entry) {
    Object existing = entry.getValue();
    Object merged = rule.merge(new Plain(value), existing == null ? null : new Plain(existing));
    if (Objects.equals(merged, existing)) {
      // A backup that has missed what came before, as a merge whose outcome nobody knew, finds that out by being called, and asks for it.
      repeated = new MergeProcessor(new DiscardMergePolicy<>(), null);
      return UNCHANGED;
    }
    // What came of it, and not how: a rule may give numbers by chance.
    repeated = new MergeProcessor(new PassThroughMergePolicy<>(), merged);
    entry.setValue(merged);
    return CHANGED;
  }

  @Override
  public EntryProcessor<String, Object, byte[]> getBackupProcessor() {
    return repeated;
  }

  @Override
  public void writeData(ObjectDataOutput out) throws IOException {
    out.writeObject(rule);
    out.writeObject(value);
  }

  @Override
  public void readData(ObjectDataInput in) throws IOException {
    rule = in.readObject();
    value = in.readObject();
  }

  /** A value as it is. */
  private record Plain(Object value) implements MergingValue<Object> {
    @Override
    public Object getRawValue() {
      return value;
    }

    @Override
    public Object getValue() {
      return value;
    }
  }
}
