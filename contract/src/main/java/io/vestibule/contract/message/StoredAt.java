package io.vestibule.contract.message;

import io.vestibule.contract.bus.WireReader;
import io.vestibule.contract.bus.WireWriter;

/**
 * Where a message to a durable topic is stored.
 *
 * @param epoch of the topic's log
 * @param offset in it, from 1 on
 * @param lineage of the shard that the log is in
 * @param version of the shard when the message came
 * @param versionBefore of the log's message before it; 0 if it is the first
 */
public record StoredAt(long epoch, long offset, long lineage, long version, long versionBefore) {
  void write(WireWriter out) {
    out.putLong(epoch).putLong(offset).putLong(lineage).putLong(version).putLong(versionBefore);
  }

  static StoredAt read(WireReader in) {
    return new StoredAt(in.getLong(), in.getLong(), in.getLong(), in.getLong(), in.getLong());
  }
}
