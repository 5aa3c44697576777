package io.vestibule.contract.presence;

import io.vestibule.contract.bus.RecordCodec;
import io.vestibule.contract.replica.ReplicaUpdate;
import java.util.List;
import java.util.Objects;

/**
 * What the owner of shards of topics tells a gateway that watches some of them, of several shards in one message.
 *
 * @param owner the node id of who speaks: in the halves of a partition two may have come to the same term
 */
public record PresenceNews(String owner, List<Shard> shards) {
  public static final RecordCodec<PresenceNews> CODEC = RecordCodec.of("vestibule.presence.news.v1",
      (out, m) -> out.putString(m.owner).putList(m.shards, (o, shard) -> shard.update.write(o.putInt(shard.number), (k, key) -> key.write(k), Known::write)),
      in -> new PresenceNews(in.getString(), in.getList(i -> new Shard(i.getInt(), ReplicaUpdate.read(i, PresenceKey::read, Known::read)))));

  /** An update of what the gateway is to know of one shard. */
  public record Shard(int number, ReplicaUpdate<PresenceKey, Known> update) {
    public Shard {
      Objects.requireNonNull(update);
    }
  }

  public PresenceNews {
    Objects.requireNonNull(owner);
    shards = List.copyOf(shards);
  }
}
