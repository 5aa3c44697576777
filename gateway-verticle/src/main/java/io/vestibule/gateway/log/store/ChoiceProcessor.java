package io.vestibule.gateway.log.store;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.DataSerializable;
import io.vestibule.gateway.log.core.StoreChoice;
import java.io.IOException;
import java.util.Map;

/** Takes a call to the choice of a store, one after the other for the whole cluster, and on the backup too; answers with the choice as it is then. */
final class ChoiceProcessor implements EntryProcessor<String, ChoiceEntry, byte[]>, DataSerializable {
  private ChoiceCall call;

  ChoiceProcessor() {}

  ChoiceProcessor(ChoiceCall call) {
    this.call = call;
  }

  @Override
  public byte[] process(Map.Entry<String, ChoiceEntry> entry) {
    StoreChoice before = entry.getValue() == null ? StoreChoice.FIRST : entry.getValue().choice();
    StoreChoice after = call.appliedTo(before);
    entry.setValue(new ChoiceEntry(after));
    return ChoiceCall.bytes(after);
  }

  @Override
  public void writeData(ObjectDataOutput out) throws IOException {
    out.writeByteArray(call.encode());
  }

  @Override
  public void readData(ObjectDataInput in) throws IOException {
    call = ChoiceCall.decode(in.readByteArray());
  }
}
