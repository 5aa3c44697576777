package io.vestibule.admission.store;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.DataSerializable;
import java.io.IOException;
import java.util.Map;

/** Takes a request to a shard of the count, where it runs in the thread of the entry's partition; there and on the backup. */
final class SeatProcessor implements EntryProcessor<String, SeatEntry, byte[]>, DataSerializable {
  private byte[] request;

  SeatProcessor() {}

  SeatProcessor(SeatRequest request) {
    this.request = request.encode();
  }

  @Override
  public byte[] process(Map.Entry<String, SeatEntry> entry) {
    SeatEntry stored = entry.getValue();
    SeatEntry shard = stored == null ? new SeatEntry() : stored;
    byte[] answer = shard.answer(SeatRequest.decode(request)).encode();
    entry.setValue(shard);
    return answer;
  }

  @Override
  public void writeData(ObjectDataOutput out) throws IOException {
    out.writeByteArray(request);
  }

  @Override
  public void readData(ObjectDataInput in) throws IOException {
    request = in.readByteArray();
  }
}
