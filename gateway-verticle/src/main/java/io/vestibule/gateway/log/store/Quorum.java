package io.vestibule.gateway.log.store;

import com.hazelcast.core.HazelcastInstance;
import io.vestibule.cluster.Majority;
import java.util.concurrent.TimeUnit;

/**
 * What a member knows of how many of its cluster are left, where a majority is required. Thread-safe.
 *
 * <p>Members that are cut off are given up one after the other, within two heartbeats. Between the first and the last a member would count itself among a majority; Hazelcast takes the backups of everything
 * that is under way for stored as soon as anybody leaves; and who was frozen does not know yet that he was given up. So after each loss, and each pause, nothing is changed and nothing is believed for that long.
 */
public final class Quorum {
  /** Twice the interval of heartbeats. */
  static final long SETTLING_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** Every member asks every shard what moved once a second, so each is called all the time. */
  static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(2);

  static final String KEY = "vestibule.logs.quorum";

  private int before;
  private boolean called;
  private long calledNanos;
  private boolean unsettled;
  private boolean paused;
  private long sinceNanos;

  /** What a member may do. */
  public enum Standing {
    /** All of it. */
    FULL,
    /** It must change nothing, nor believe a change that it asked for: the others may be about to be given up. */
    READS,
    /** It must tell nothing either: it has a minority's share, or has just woken and may have what was stored by nobody else. */
    NONE;

    /** Whether a call is to be refused. */
    public boolean refuses(boolean changes) {
      return this == NONE || changes && this == READS;
    }
  }

  /** What a member may do now. */
  public static Standing of(HazelcastInstance member, Majority majority) {
    Quorum quorum = (Quorum) member.getUserContext().computeIfAbsent(KEY, key -> new Quorum());
    return quorum.standing(majority, member.getCluster().getMembers().size(), System.nanoTime());
  }

  /**
   * What this member may do.
   *
   * @param members that are left
   * @param nowNanos of a clock that only goes forward
   */
  synchronized Standing standing(Majority majority, int members, long nowNanos) {
    boolean pause = called && nowNanos - calledNanos > PAUSE_NANOS;
    if (pause || members < before) {
      paused |= pause;
      unsettled = true;
      sinceNanos = nowNanos;
    }
    called = true;
    calledNanos = nowNanos;
    before = members;
    unsettled = unsettled && nowNanos - sinceNanos < SETTLING_NANOS;
    paused &= unsettled;
    if (!majority.isRequired()) {
      return Standing.FULL;
    }
    return majority.isMinority(members) || paused ? Standing.NONE : unsettled ? Standing.READS : Standing.FULL;
  }
}
