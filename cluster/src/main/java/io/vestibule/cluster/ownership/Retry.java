package io.vestibule.cluster.ownership;

/**
 * When to try again: doubling pauses, each cut by up to a half. The cut is taken from a hash, not from a random source, so that it
 * differs between nodes and shards and a history can be replayed.
 */
final class Retry {
  private static final int MOST_DOUBLINGS = 20;

  private final long seed;
  private final long first;
  private final long longest;

  Retry(String self, OwnershipTimings timings) {
    this.seed = Rendezvous.hash(self);
    this.first = timings.firstRetry().toNanos();
    this.longest = timings.longestRetry().toNanos();
  }

  /** The end of the pause that follows this many failures. */
  long at(int shard, int failures, long now) {
    long full = Math.min(longest, first << Math.min(failures, MOST_DOUBLINGS));
    long cut = Long.remainderUnsigned(Rendezvous.mix(seed + 31L * shard + failures), full / 2 + 1);
    return now + full - cut;
  }
}
