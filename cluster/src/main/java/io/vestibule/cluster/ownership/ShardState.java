package io.vestibule.cluster.ownership;

/**
 * What one node makes of one shard. Each state offers the steps that are legal from it, and every state may step back to
 * {@link Unowned} when the shard is somebody else's.
 */
public sealed interface ShardState {

  /** Somebody else's, or nobody's. */
  record Unowned() implements ShardState {
    /** The shard is ours to take: first look at the term it has. */
    Reading toReading(long ticket, long now) {
      return new Reading(ticket, 0, now);
    }
  }

  /**
   * Asks the store for the term.
   *
   * @param ticket the answer must carry it
   * @param attempt failures so far
   * @param sinceNanos when it was asked
   */
  record Reading(long ticket, int attempt, long sinceNanos) implements ShardState {
    Raising toRaising(long nextTicket, Term claimed, long now) {
      return new Raising(nextTicket, attempt, now, claimed);
    }

    Waiting toWaiting(long untilNanos) {
      return new Waiting(attempt + 1, untilNanos);
    }
  }

  /**
   * Asks the store to raise the term, if it is still what was read.
   *
   * @param ticket the answer must carry it
   * @param attempt failures so far
   * @param sinceNanos when it was asked: the lease counts from here, not from the answer
   * @param claimed the term that would be ours
   */
  record Raising(long ticket, int attempt, long sinceNanos, Term claimed) implements ShardState {
    Owned toOwned(long leaseUntilNanos) {
      return new Owned(claimed.number(), sinceNanos, leaseUntilNanos);
    }

    Waiting toWaiting(long untilNanos) {
      return new Waiting(attempt + 1, untilNanos);
    }
  }

  /**
   * Ours, for as long as the lease lasts.
   *
   * @param term the number that fences every older owner
   * @param sinceNanos when it was claimed; what was asked earlier says nothing about this reign
   * @param leaseUntilNanos from then on it is not ours any more, unless the store was seen to agree
   */
  record Owned(long term, long sinceNanos, long leaseUntilNanos) implements ShardState {
    Owned toRenewed(long newLeaseUntilNanos) {
      return new Owned(term, sinceNanos, newLeaseUntilNanos);
    }

    Waiting toWaiting(long untilNanos) {
      return new Waiting(1, untilNanos);
    }
  }

  /**
   * Ours to take, after a pause.
   *
   * @param attempt failures so far
   * @param untilNanos the end of the pause
   */
  record Waiting(int attempt, long untilNanos) implements ShardState {
    Reading toReading(long ticket, long now) {
      return new Reading(ticket, attempt, now);
    }
  }
}
