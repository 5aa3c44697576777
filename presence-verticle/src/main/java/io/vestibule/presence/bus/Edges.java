package io.vestibule.presence.bus;

import io.vertx.core.json.JsonObject;
import io.vestibule.presence.core.UserEdge;
import java.util.BitSet;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Tells applications who comes online and who goes offline, of the shards that this node owns and has heard every gateway of. One event loop. */
final class Edges {
  private final OwnedShards shards;
  private final Consumer<JsonObject> applications;
  private final ReplicaLines colleagues;
  private final PresenceMeters meters;
  private final LongSupplier wallMs;
  private final BitSet due = new BitSet();
  private final BitSet said = new BitSet();

  /**
   * Nothing to tell yet.
   *
   * @param applications told of each
   * @param colleagues told of what applications were told
   * @param wallMs Unix milliseconds
   */
  Edges(OwnedShards shards, Consumer<JsonObject> applications, ReplicaLines colleagues, PresenceMeters meters, LongSupplier wallMs) {
    this.shards = shards;
    this.applications = applications;
    this.colleagues = colleagues;
    this.meters = meters;
    this.wallMs = wallMs;
  }

  /** Of these shards there may be something to tell. */
  void due(BitSet some) {
    due.or(some);
  }

  /** Tells what there is to tell. A shard that is not complete, or that this node may have lost while it was frozen, waits. */
  void flush() {
    for (int shard = due.nextSetBit(0); shard >= 0; shard = due.nextSetBit(shard + 1)) {
      Reign reign = shards.reign(shard);
      boolean waits = reign != null && (shards.current(shard) == null || !reign.rooms().isComplete());
      if (!waits) {
        due.clear(shard);
      }
      if (!waits && reign != null) {
        reign.users().edges(reign.rooms(), wallMs.getAsLong()).forEach(this::tell);
        said.set(shard);
      }
    }
    if (!said.isEmpty()) {
      colleagues.due(said);
      said.clear();
    }
  }

  private void tell(UserEdge edge) {
    JsonObject said = new JsonObject().put("userId", edge.userId()).put("online", edge.online()).put("at", edge.atMs());
    if (!edge.online()) {
      said.put("lastSeen", edge.lastSeenMs());
    }
    meters.edge(edge.online());
    applications.accept(said);
  }
}
