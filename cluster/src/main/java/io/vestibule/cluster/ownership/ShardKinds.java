package io.vestibule.cluster.ownership;

/** The kinds of shards that more than one module must agree on. Their names and numbers are fixed for the life of a cluster. */
public final class ShardKinds {
  /** The queues of the waiting line, by their name: led by the nodes with the role {@code admission}, asked by gateways. */
  public static final ShardKind QUEUES = new ShardKind("queue", "admission", 64);

  /** Who is in topics, by their name: owned by the nodes with the role {@code presence}, told by gateways. */
  public static final ShardKind PRESENCE = new ShardKind("presence", "presence", 64);

  private ShardKinds() {}
}
