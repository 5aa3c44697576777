package io.vestibule.contract.presence;

import io.vestibule.contract.bus.RecordCodec;
import io.vestibule.contract.bus.WireReader;
import io.vestibule.contract.bus.WireWriter;
import io.vestibule.contract.replica.ReplicaUpdate;
import java.util.List;
import java.util.Objects;

/**
 * What the owner of shards of topics tells the other nodes that could own them: of which users applications believe that they are online, and when others were seen last, of several shards in one message.
 *
 * @param owner the node id of who speaks: in the halves of a partition two may have come to the same term
 */
public record PresenceSaid(String owner, List<Shard> shards) {
  public static final RecordCodec<PresenceSaid> CODEC = RecordCodec.of("vestibule.presence.said.v1",
      (out, m) -> out.putString(m.owner).putList(m.shards, (o, shard) -> shard.update.write(o.putInt(shard.number), WireWriter::putString, (v, said) -> said.write(v))),
      in -> new PresenceSaid(in.getString(), in.getList(i -> new Shard(i.getInt(), ReplicaUpdate.read(i, WireReader::getString, SaidUser::read)))));

  /** An update of one shard: the user by his own topic. */
  public record Shard(int number, ReplicaUpdate<String, SaidUser> update) {
    public Shard {
      Objects.requireNonNull(update);
    }
  }

  public PresenceSaid {
    Objects.requireNonNull(owner);
    shards = List.copyOf(shards);
  }
}
