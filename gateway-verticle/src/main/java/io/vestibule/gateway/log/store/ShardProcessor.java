package io.vestibule.gateway.log.store;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.DataSerializable;
import io.vestibule.cluster.Majority;
import io.vestibule.gateway.log.core.ShardLog;
import java.io.IOException;
import java.util.Map;

/**
 * Takes a call to the shard, where it runs in the thread of the entry's partition; a call that changes it runs on the backup too, and does the same there. Where too few members are left nothing is done: a
 * member that has lost sight of the others takes over their partitions, empty or as old as its backups, and a call that was on its way then finds those. The member knows that they are gone before it does so.
 */
final class ShardProcessor implements EntryProcessor<String, ShardEntry, byte[]>, HazelcastInstanceAware, DataSerializable {
  private static final Majority NO_RULE = new Majority(1);

  private ShardCall call;
  private Majority majority;
  private HazelcastInstance member;
  private boolean refused;
  private boolean makes;

  ShardProcessor() {}

  ShardProcessor(ShardCall call, Majority majority) {
    this.call = call;
    this.majority = majority;
  }

  @Override
  public void setHazelcastInstance(HazelcastInstance instance) {
    member = instance;
  }

  @Override
  public byte[] process(Map.Entry<String, ShardEntry> entry) {
    ShardEntry stored = entry.getValue();
    long lineage = call instanceof ShardCall.Add add ? add.lineage() : call instanceof ShardCall.Look look ? look.newLineage() : 0;
    makes = stored == null && lineage != 0;
    int members = member.getCluster().getMembers().size();
    Quorum quorum = Quorum.of(member);
    refused = makes || call.changes() ? quorum.refusesChange(majority, members, System.nanoTime()) : quorum.refusesRead(majority, members, System.nanoTime());
    if (refused) {
      return ShardAnswer.MINORITY;
    }
    if (!call.changes() && quorum.refusesChange(majority, members, System.nanoTime())) {
      refused = true;
      return ShardAnswer.UNSETTLED;
    }
    if (call instanceof ShardCall.Drop) {
      entry.setValue(null);
      return new byte[0];
    }
    ShardEntry shard = stored == null ? new ShardEntry(new ShardLog(lineage)) : stored;
    byte[] answer = shard.answer(call);
    if (makes || call.changes() && stored != null) {
      entry.setValue(shard);
    }
    return answer;
  }

  /**
   * What was refused has nothing to do on the backup; what was done is done there whoever is left by then. Where a majority is required, what is told has to wait for the backup too: of a member that is cut off and does
   * not know it yet, it may have been stored by nobody else.
   */
  @Override
  public EntryProcessor<String, ShardEntry, byte[]> getBackupProcessor() {
    if (refused) {
      return null;
    }
    return makes || call.changes() ? new ShardProcessor(call, NO_RULE) : majority.isRequired() ? new ShardProcessor(new ShardCall.Confirm(), NO_RULE) : null;
  }

  @Override
  public void writeData(ObjectDataOutput out) throws IOException {
    out.writeInt(majority.expected());
    out.writeByteArray(call.encode());
  }

  @Override
  public void readData(ObjectDataInput in) throws IOException {
    majority = new Majority(in.readInt());
    call = ShardCall.decode(in.readByteArray());
  }
}
