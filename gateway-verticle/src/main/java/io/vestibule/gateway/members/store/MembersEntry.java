package io.vestibule.gateway.members.store;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.DataSerializable;
import io.vertx.core.buffer.Buffer;
import io.vestibule.cluster.hazelcast.Joinable;
import io.vestibule.contract.bus.WireReader;
import io.vestibule.contract.bus.WireWriter;
import io.vestibule.gateway.members.core.ShardMembers;
import io.vestibule.gateway.members.core.Word;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A shard of members in the grid. It lives as an object where the grid keeps it, changed by one thread at a time, and is serialised only when it moves. */
final class MembersEntry implements Joinable<MembersEntry>, DataSerializable {
  private ShardMembers members;

  MembersEntry() {
    this(new ShardMembers());
  }

  MembersEntry(ShardMembers members) {
    this.members = members;
  }

  /** Does what is asked. */
  byte[] answer(MembersCall call) {
    return call.answeredBy(members);
  }

  @Override
  public MembersEntry joinedWith(MembersEntry other) {
    ShardMembers both = members.joinedWith(other.members);
    return both == members ? this : new MembersEntry(both);
  }

  @Override
  public MembersEntry alone() {
    return new MembersEntry(new ShardMembers(members.rooms(), members.hints(), members.clockMs()));
  }

  @Override
  public void writeData(ObjectDataOutput out) throws IOException {
    out.writeByte(1);
    out.writeLong(members.clockMs());
    Buffer buffer = Buffer.buffer();
    new WireWriter(buffer)
        .putList(List.copyOf(members.rooms().entrySet()), (to, room) -> MembersAnswer.roster(to.putString(room.getKey()), room.getValue()))
        .putList(List.copyOf(members.hints().entrySet()), (to, hints) -> to.putString(hints.getKey()).putStrings(List.copyOf(hints.getValue())));
    out.writeByteArray(buffer.getBytes());
  }

  @Override
  public void readData(ObjectDataInput in) throws IOException {
    byte layout = in.readByte();
    if (layout != 1) {
      throw new IOException("layout " + layout + " of a shard of members where 1 is known");
    }
    long clockMs = in.readLong();
    WireReader reader = new WireReader(0, Buffer.buffer(in.readByteArray()));
    Map<String, Map<String, Word>> rooms = new HashMap<>();
    reader.getList(from -> rooms.put(from.getString(), MembersAnswer.roster(from)));
    Map<String, Set<String>> hints = new HashMap<>();
    reader.getList(from -> hints.put(from.getString(), new LinkedHashSet<>(from.getStrings())));
    members = new ShardMembers(rooms, hints, clockMs);
  }
}
