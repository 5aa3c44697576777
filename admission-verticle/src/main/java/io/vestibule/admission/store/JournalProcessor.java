package io.vestibule.admission.store;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.DataSerializable;
import java.io.IOException;
import java.util.Map;

/** Takes a call to the entry, where it runs in the thread of the entry's partition: what it checks and what it writes are one step, there and on the backup. */
final class JournalProcessor implements EntryProcessor<String, JournalEntry, byte[]>, DataSerializable {
  private byte[] call;

  JournalProcessor() {}

  JournalProcessor(JournalCall call) {
    this.call = JournalCall.encode(call);
  }

  @Override
  public byte[] process(Map.Entry<String, JournalEntry> entry) {
    JournalCall asked = JournalCall.decode(call);
    JournalEntry stored = entry.getValue();
    if (stored == null && !(asked instanceof JournalCall.Open)) {
      return JournalAnswer.refusal(JournalAnswer.Status.LOST, 0).encode();
    }
    JournalEntry journal = stored == null ? new JournalEntry() : stored;
    byte[] answer = journal.answer(asked);
    if (!(asked instanceof JournalCall.Read)) {
      entry.setValue(journal);
    }
    return answer;
  }

  /** A read has nothing to repeat on the backup. */
  @Override
  public EntryProcessor<String, JournalEntry, byte[]> getBackupProcessor() {
    return JournalCall.decode(call) instanceof JournalCall.Read ? null : this;
  }

  @Override
  public void writeData(ObjectDataOutput out) throws IOException {
    out.writeByteArray(call);
  }

  @Override
  public void readData(ObjectDataInput in) throws IOException {
    call = in.readByteArray();
  }
}
