package io.vestibule.gateway.log.core;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which store of logs counts, for the whole cluster: Redis, or the memory of the cluster while Redis is lost. It is kept once, and each change of it raises the term. Pure, immutable.
 *
 * @param term rises with each change; what counts in it is its {@link #phase}
 * @param owed terms in which messages were kept in the memory of the cluster, and have not been brought to Redis yet
 * @param votes whether each node reaches Redis, as it said last
 */
public record StoreChoice(long term, SortedSet<Long> owed, Map<String, Boolean> votes) {
  /** Before anybody said anything. */
  public static final StoreChoice FIRST = new StoreChoice(0, Collections.emptySortedSet(), Map.of());

  /** What a term is for; they follow each other in this order, and begin again. */
  public enum Phase {
    /** Redis counts. */
    REDIS,
    /** Redis is lost, and nothing counts until nobody can believe any more that it does. */
    LEAVING,
    /** The memory of the cluster counts. */
    MEMORY,
    /** Redis is back, and nothing counts until it has got what it missed. */
    RETURNING
  }

  public StoreChoice {
    owed = new TreeSet<>(owed);
    votes = new TreeMap<>(votes);
  }

  /** What the term is for. */
  public Phase phase() {
    return Phase.values()[(int) (term % Phase.values().length)];
  }

  /**
   * A node says whether it reaches Redis; or asks, and says nothing.
   *
   * @param reaches null if it cannot tell
   * @param fenced the highest term that Redis was heard to have; 0 for none
   * @param gateways that there are, as the node sees it
   * @param decides whether it sees the whole cluster, or as much as may act for it
   */
  public StoreChoice heard(String node, Boolean reaches, long fenced, Set<String> gateways, boolean decides) {
    Map<String, Boolean> now = new TreeMap<>(votes);
    if (reaches != null) {
      now.put(node, reaches);
    }
    if (!decides) {
      return new StoreChoice(term, owed, now);
    }
    now.keySet().retainAll(gateways);
    long most = gateways.size() / 2;
    boolean lost = now.values().stream().filter(vote -> !vote).count() > most;
    boolean back = now.values().stream().filter(vote -> vote).count() > most;
    Phase phase = phase();
    long next = switch (phase) {
      case REDIS -> lost ? after(term, Phase.LEAVING) : !owed.isEmpty() && back ? after(term, Phase.RETURNING) : fenced > term ? after(fenced, phase) : term;
      case LEAVING -> term;
      case MEMORY -> back ? after(term, Phase.RETURNING) : term;
      case RETURNING -> lost ? after(term, Phase.LEAVING) : fenced > term ? after(fenced, phase) : term;
    };
    return new StoreChoice(next, owed, now);
  }

  /** Nobody can believe any more that Redis counts. */
  public StoreChoice left(long seen) {
    if (term != seen || phase() != Phase.LEAVING) {
      return this;
    }
    SortedSet<Long> more = new TreeSet<>(owed);
    more.add(term + 1);
    return new StoreChoice(term + 1, more, votes);
  }

  /** Redis has got what was kept in these terms. */
  public StoreChoice returned(long seen, Set<Long> brought) {
    if (term != seen || phase() != Phase.RETURNING) {
      return this;
    }
    SortedSet<Long> rest = new TreeSet<>(owed);
    rest.removeAll(brought);
    return new StoreChoice(term + 1, rest, votes);
  }

  /** What is remembered by a node, where the cluster has lost what it kept. */
  public StoreChoice remembered(StoreChoice known) {
    return known != null && known.term > term ? joinedWith(known) : this;
  }

  /** What two halves of a cluster go on with: the higher term, and what both have kept. */
  public StoreChoice joinedWith(StoreChoice other) {
    SortedSet<Long> both = new TreeSet<>(owed);
    both.addAll(other.owed);
    StoreChoice higher = other.term > term ? other : this;
    return new StoreChoice(higher.term, both, higher.votes);
  }

  /** Whose turn it is to bring to Redis what it missed: the first that reaches it. */
  public boolean isTurnOf(String node) {
    return phase() == Phase.RETURNING && votes.entrySet().stream().filter(Map.Entry::getValue).map(Map.Entry::getKey).findFirst().filter(node::equals).isPresent();
  }

  /** The first term of a phase after another. */
  private static long after(long term, Phase phase) {
    long next = term + 1;
    while (next % Phase.values().length != phase.ordinal()) {
      next++;
    }
    return next;
  }
}
