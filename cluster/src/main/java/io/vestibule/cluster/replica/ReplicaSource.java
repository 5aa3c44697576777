package io.vestibule.cluster.replica;

import io.vestibule.contract.replica.ReplicaAnswer;
import io.vestibule.contract.replica.ReplicaAnswer.Outcome;
import io.vestibule.contract.replica.ReplicaKind;
import io.vestibule.contract.replica.ReplicaUpdate;
import io.vestibule.contract.replica.ReplicaUpdate.Entry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The map that is written. One update is under way at a time, and what changes meanwhile goes with the next; whether an update that was not answered has arrived need not be known, since the next one
 * says it again. Holds each changed key once, so what waits is bounded by the map. Pure; one thread.
 *
 * @param <K> keys
 * @param <V> immutable values
 */
public final class ReplicaSource<K, V> {
  /** So many refusals in a row, each a beat after the one before, are no accident of a moment in which a map changes hands. */
  private static final int REFUSALS = 3;

  private final ReplicaKind<K, V> kind;
  private final long life;
  private final Map<K, V> map = new HashMap<>();
  private final Set<K> changed = new LinkedHashSet<>();
  private ReplicaUpdate<K, V> underWay;
  private boolean wholeWanted = true;
  private long copy;
  private long number;
  private long answered;
  private long digest;
  private int refusals;
  private long believed;

  /**
   * An empty map, of which its copy knows nothing yet.
   *
   * @param life higher than that of each earlier source of the same copy
   */
  public ReplicaSource(ReplicaKind<K, V> kind, long life) {
    this.kind = kind;
    this.life = life;
  }

  /** What is in the map; a view. */
  public Map<K, V> entries() {
    return Collections.unmodifiableMap(map);
  }

  /** Gives a key a value. */
  public void put(K key, V value) {
    V before = map.put(key, value);
    if (value.equals(before)) {
      return;
    }
    digest += kind.digest(key, value) - (before == null ? 0 : kind.digest(key, before));
    changed.add(key);
  }

  /** Takes a key away. */
  public void remove(K key) {
    V before = map.remove(key);
    if (before != null) {
      digest -= kind.digest(key, before);
      changed.add(key);
    }
  }

  /** The copy is somewhere else now, or has lost what it had: the next update begins the whole. What is under way does not count any more. */
  public void restart() {
    underWay = null;
    wholeWanted = true;
  }

  /** Whether there is something to tell, and nothing under way. */
  public boolean isDue() {
    return underWay == null && (wholeWanted || !changed.isEmpty());
  }

  /**
   * The next update, if there is one to send; it is under way then.
   *
   * @param mostBytes after which no further entry is added; at least one goes
   */
  public Optional<ReplicaUpdate<K, V>> next(int mostBytes) {
    return isDue() ? Optional.of(take(mostBytes)) : Optional.empty();
  }

  /** What to send now and then though nothing has changed, so that a copy which differs is found out; under way then as any other. Empty where one is under way already. */
  public Optional<ReplicaUpdate<K, V>> beat(int mostBytes) {
    if (underWay != null || isDue()) {
      return next(mostBytes);
    }
    underWay = new ReplicaUpdate<>(life, copy, answered, answered, false, true, digest, List.of());
    return Optional.of(underWay);
  }

  private ReplicaUpdate<K, V> take(int mostBytes) {
    boolean fresh = wholeWanted;
    if (fresh) {
      // A key that was removed is not in the whole.
      changed.clear();
      changed.addAll(map.keySet());
      wholeWanted = false;
    }
    var taken = new ArrayList<Entry<K, V>>();
    Iterator<K> keys = changed.iterator();
    for (int bytes = 0; bytes < mostBytes && keys.hasNext(); ) {
      K key = keys.next();
      V value = map.get(key);
      keys.remove();
      taken.add(new Entry<>(key, value));
      bytes += kind.weight(key, value);
    }
    number++;
    underWay = new ReplicaUpdate<>(life, copy, fresh ? 0 : answered, number, fresh, changed.isEmpty(), digest, taken);
    return underWay;
  }

  /**
   * The holder of the copy has answered. Where the copy is not this source's, the next update begins the whole, and is better not sent before the holder is known again.
   *
   * @param update what it answers; nothing happens if that is not under way any more
   */
  public void answered(ReplicaUpdate<K, V> update, ReplicaAnswer answer) {
    if (update == underWay) {
      boolean isRefused = answer.outcome() == Outcome.NOT_MINE && answer.believed() >= life;
      refusals = isRefused ? refusals + 1 : 0;
      believed = answer.believed();
      switch (answer.outcome()) {
        case APPLIED -> {
          underWay = null;
          answered = update.number();
        }
        case WHOLE_WANTED -> {
          copy = answer.copy();
          restart();
        }
        case NOT_MINE -> restart();
      }
    }
  }

  /**
   * The life that another one has to surpass to be believed by the holder: there was a writer of the same map of whom those who gave out the lives have never heard, as in the other half of a
   * partition. Empty where this one is believed, or may still be.
   */
  public OptionalLong outlived() {
    return refusals >= REFUSALS ? OptionalLong.of(believed) : OptionalLong.empty();
  }

  /** No answer came in time: it may have arrived or not. */
  public void unanswered(ReplicaUpdate<K, V> update) {
    if (update == underWay) {
      underWay = null;
      update.changes().forEach(entry -> changed.add(entry.key()));
      wholeWanted |= update.fresh();
    }
  }
}
