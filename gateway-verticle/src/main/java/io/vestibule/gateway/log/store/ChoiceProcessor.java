package io.vestibule.gateway.log.store;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.DataSerializable;
import io.vestibule.cluster.Majority;
import io.vestibule.gateway.log.core.StoreChoice;
import java.io.IOException;
import java.util.Map;

/**
 * Takes a call to the choice of a store, one after the other for the whole cluster, and on the backup too; answers with the choice as it is then. Where too few members are left nothing is done, and the
 * answer is empty: who is cut off has a copy of the choice, and would believe that for as long as it is.
 */
final class ChoiceProcessor implements EntryProcessor<String, ChoiceEntry, byte[]>, HazelcastInstanceAware, DataSerializable {
  private ChoiceCall call;
  private Majority majority;
  private HazelcastInstance member;
  private boolean refused;

  ChoiceProcessor() {}

  ChoiceProcessor(ChoiceCall call, Majority majority) {
    this.call = call;
    this.majority = majority;
  }

  @Override
  public void setHazelcastInstance(HazelcastInstance instance) {
    member = instance;
  }

  @Override
  public byte[] process(Map.Entry<String, ChoiceEntry> entry) {
    refused = Quorum.of(member).refusesChange(majority, member.getCluster().getMembers().size(), System.nanoTime());
    if (refused) {
      return new byte[0];
    }
    StoreChoice before = entry.getValue() == null ? StoreChoice.FIRST : entry.getValue().choice();
    StoreChoice after = call.appliedTo(before);
    entry.setValue(new ChoiceEntry(after));
    return ChoiceCall.bytes(after);
  }

  /** What was done is done on the backup whoever is left by then. */
  @Override
  public EntryProcessor<String, ChoiceEntry, byte[]> getBackupProcessor() {
    return refused ? null : new ChoiceProcessor(call, new Majority(1));
  }

  @Override
  public void writeData(ObjectDataOutput out) throws IOException {
    out.writeInt(majority.expected());
    out.writeByteArray(call.encode());
  }

  @Override
  public void readData(ObjectDataInput in) throws IOException {
    majority = new Majority(in.readInt());
    call = ChoiceCall.decode(in.readByteArray());
  }
}
