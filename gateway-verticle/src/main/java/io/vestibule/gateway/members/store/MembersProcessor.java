package io.vestibule.gateway.members.store;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.DataSerializable;
import io.vestibule.cluster.Majority;
import io.vestibule.gateway.log.store.Quorum;
import java.io.IOException;
import java.util.Map;

/**
 * Takes a call to the shard, where it runs in the thread of the entry's partition; a call that changes it runs on the backup too, and does the same there. Where too few members of the grid are left nothing is
 * done or told, as with the logs.
 */
final class MembersProcessor implements EntryProcessor<String, MembersEntry, byte[]>, HazelcastInstanceAware, DataSerializable {
  private static final Majority NO_RULE = new Majority(1);

  private MembersCall call;
  private Majority majority;
  private HazelcastInstance member;
  private boolean refused;

  MembersProcessor() {}

  MembersProcessor(MembersCall call, Majority majority) {
    this.call = call;
    this.majority = majority;
  }

  @Override
  public void setHazelcastInstance(HazelcastInstance instance) {
    member = instance;
  }

  @Override
  public byte[] process(Map.Entry<String, MembersEntry> entry) {
    int members = member.getCluster().getMembers().size();
    Quorum quorum = Quorum.of(member);
    refused = call.changes() ? quorum.refusesChange(majority, members, System.nanoTime()) : quorum.refusesRead(majority, members, System.nanoTime());
    if (refused) {
      return MembersAnswer.MINORITY;
    }
    MembersEntry stored = entry.getValue();
    MembersEntry shard = stored == null ? new MembersEntry() : stored;
    byte[] answer = shard.answer(call);
    if (call.changes()) {
      entry.setValue(shard);
    }
    return answer;
  }

  /** A read has nothing to repeat on the backup, nor has what was refused; what was done is done there whoever is left by then. */
  @Override
  public EntryProcessor<String, MembersEntry, byte[]> getBackupProcessor() {
    return call.changes() && !refused ? new MembersProcessor(call, NO_RULE) : null;
  }

  @Override
  public void writeData(ObjectDataOutput out) throws IOException {
    out.writeInt(majority.expected());
    out.writeByteArray(call.encode());
  }

  @Override
  public void readData(ObjectDataInput in) throws IOException {
    majority = new Majority(in.readInt());
    call = MembersCall.decode(in.readByteArray());
  }
}
