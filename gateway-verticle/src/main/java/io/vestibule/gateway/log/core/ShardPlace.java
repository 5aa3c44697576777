package io.vestibule.gateway.log.core;

/**
 * How far a shard has come.
 *
 * @param lineage of the shard; 0 if nothing is known
 * @param version that it has given in that
 */
public record ShardPlace(long lineage, long version) {
  /** Nothing is known. */
  public static final ShardPlace UNKNOWN = new ShardPlace(0, 0);

  /** What is known now, if this was known and that is heard. */
  public ShardPlace heard(long itsLineage, long itsVersion) {
    return itsLineage == lineage && itsVersion <= version ? this : new ShardPlace(itsLineage, itsVersion);
  }
}
