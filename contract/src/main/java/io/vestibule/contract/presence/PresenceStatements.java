package io.vestibule.contract.presence;

import io.vestibule.contract.bus.RecordCodec;
import io.vestibule.contract.replica.ReplicaUpdate;
import java.util.List;
import java.util.Objects;

/**
 * What a gateway tells a node that owns shards of topics, some of them in one message.
 *
 * @param gateway the node id of who speaks
 */
public record PresenceStatements(String gateway, List<Shard> shards) {
  public static final RecordCodec<PresenceStatements> CODEC = RecordCodec.of("vestibule.presence.statements.v1",
      (out, m) -> out.putString(m.gateway).putList(m.shards, (o, shard) -> shard.update.write(o.putInt(shard.number), (k, key) -> key.write(k), Statement::write)),
      in -> new PresenceStatements(in.getString(), in.getList(i -> new Shard(i.getInt(), ReplicaUpdate.read(i, PresenceKey::read, Statement::read)))));

  /** An update of what the gateway says of one shard. */
  public record Shard(int number, ReplicaUpdate<PresenceKey, Statement> update) {
    public Shard {
      Objects.requireNonNull(update);
    }
  }

  public PresenceStatements {
    Objects.requireNonNull(gateway);
    shards = List.copyOf(shards);
  }
}
