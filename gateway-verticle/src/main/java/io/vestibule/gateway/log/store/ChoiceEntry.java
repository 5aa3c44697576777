package io.vestibule.gateway.log.store;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.DataSerializable;
import io.vestibule.cluster.hazelcast.Joinable;
import io.vestibule.gateway.log.core.StoreChoice;
import java.io.IOException;

/** The choice of a store in the grid. */
final class ChoiceEntry implements Joinable<ChoiceEntry>, DataSerializable {
  private StoreChoice choice;

  ChoiceEntry() {}

  ChoiceEntry(StoreChoice choice) {
    this.choice = choice;
  }

  StoreChoice choice() {
    return choice;
  }

  @Override
  public ChoiceEntry joinedWith(ChoiceEntry other) {
    StoreChoice both = choice.joinedWith(other.choice);
    return both.equals(choice) ? this : new ChoiceEntry(both);
  }

  @Override
  public ChoiceEntry alone() {
    return this;
  }

  @Override
  public void writeData(ObjectDataOutput out) throws IOException {
    out.writeByte(1);
    out.writeByteArray(ChoiceCall.bytes(choice));
  }

  @Override
  public void readData(ObjectDataInput in) throws IOException {
    byte layout = in.readByte();
    if (layout != 1) {
      throw new IOException("layout " + layout + " of the choice of a store where 1 is known");
    }
    choice = ChoiceCall.choice(in.readByteArray());
  }
}
