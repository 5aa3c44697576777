package io.vestibule.cluster.hazelcast;

/** A value in the grid that was written in a reign over a shard, see {@link HigherTermMerge}. */
public interface Termed {

  /** The number of the reign. */
  long term();
}
