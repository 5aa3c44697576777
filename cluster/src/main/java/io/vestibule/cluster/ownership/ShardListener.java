package io.vestibule.cluster.ownership;

/** Hears which shards this node owns. Called on the context that watches, one call at a time; must not block. */
public interface ShardListener {

  /**
   * The shard is this node's: load its state, and write with this term.
   *
   * @param shard its number
   * @param term higher than that of every owner before
   */
  void acquired(int shard, long term);

  /**
   * The shard is not this node's any more: forget its state. A write with this term that is still under way is refused by the store, if
   * somebody else has taken the shard by then.
   */
  void lost(int shard, long term);
}
