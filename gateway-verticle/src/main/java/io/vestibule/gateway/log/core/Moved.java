package io.vestibule.gateway.log.core;

import java.util.List;

/**
 * What moved in a shard.
 *
 * @param lineage changes where what was known of the versions holds no more
 * @param version up to which this tells
 * @param heads in the order of their versions
 * @param dropped messages that the shard had no room for, since it was made
 * @param bytes that it takes; 0 where that is not known
 */
public record Moved(long lineage, long version, List<Head> heads, long dropped, long bytes) {
  public Moved {
    heads = List.copyOf(heads);
  }

  /**
   * Where a log ends.
   *
   * @param offset the last one given in the epoch
   * @param version of the shard when it moved
   * @param atMs when that was, Unix milliseconds of a clock that never goes back in a shard
   */
  public record Head(String topic, long epoch, long offset, long version, long atMs) {}
}
