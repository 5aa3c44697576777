package io.vestibule.cluster.hazelcast;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.DataSerializable;
import com.hazelcast.spi.merge.MergingValue;
import com.hazelcast.spi.merge.PassThroughMergePolicy;
import com.hazelcast.spi.merge.SplitBrainMergePolicy;
import java.io.IOException;
import java.util.Map;

/** Merges a value into an entry, as the data grid does when halves of a cluster meet. Answers {@link #CHANGED} where that made a difference; nothing else is sent to the backup. */
final class MergeProcessor implements EntryProcessor<String, Object, byte[]>, DataSerializable {
  /** The answer where the entry is another one now. */
  static final byte[] CHANGED = {1};
  private static final byte[] UNCHANGED = {0};

  private SplitBrainMergePolicy<Object, MergingValue<Object>, Object> rule;
  private Object value;
  private Object merged;

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
    merged = rule.merge(new Plain(value), existing == null ? null : new Plain(existing));
    if (merged.equals(existing)) {
      merged = null;
      return UNCHANGED;
    }
    entry.setValue(merged);
    return CHANGED;
  }

  /** Has the backup take what came of it: a rule may give numbers by chance. */
  @Override
  public EntryProcessor<String, Object, byte[]> getBackupProcessor() {
    return merged == null ? null : new MergeProcessor(new PassThroughMergePolicy<>(), merged);
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
