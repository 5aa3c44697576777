package io.vestibule.gateway.log.store;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.DataSerializable;
import io.vestibule.gateway.log.core.ShardLog;
import java.io.IOException;
import java.util.Map;

/** Takes a call to the shard, where it runs in the thread of the entry's partition; a call that changes it runs on the backup too, and does the same there. */
final class ShardProcessor implements EntryProcessor<String, ShardEntry, byte[]>, DataSerializable {
  private ShardCall call;
  private boolean makes;

  ShardProcessor() {}

  ShardProcessor(ShardCall call) {
    this.call = call;
  }

  @Override
  public byte[] process(Map.Entry<String, ShardEntry> entry) {
    ShardEntry stored = entry.getValue();
    if (call instanceof ShardCall.Drop) {
      entry.setValue(null);
      return new byte[0];
    }
    long lineage = call instanceof ShardCall.Add add ? add.lineage() : call instanceof ShardCall.Look look ? look.newLineage() : 0;
    makes = stored == null && lineage != 0;
    ShardEntry shard = stored == null ? new ShardEntry(new ShardLog(lineage)) : stored;
    byte[] answer = shard.answer(call);
    if (makes || call.changes() && stored != null) {
      entry.setValue(shard);
    }
    return answer;
  }

  /** A read has nothing to repeat on the backup. */
  @Override
  public EntryProcessor<String, ShardEntry, byte[]> getBackupProcessor() {
    return makes || call.changes() ? this : null;
  }

  @Override
  public void writeData(ObjectDataOutput out) throws IOException {
    out.writeByteArray(call.encode());
  }

  @Override
  public void readData(ObjectDataInput in) throws IOException {
    call = ShardCall.decode(in.readByteArray());
  }
}
