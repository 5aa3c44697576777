package io.vestibule.cluster.replica;

import io.vestibule.contract.replica.ReplicaAnswer;
import io.vestibule.contract.replica.ReplicaAnswer.Outcome;
import io.vestibule.contract.replica.ReplicaKind;
import io.vestibule.contract.replica.ReplicaUpdate;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

/**
 * The copy of a map that a {@link ReplicaSource} writes. Whatever becomes of the updates on their way, its listener hears each difference once, and the copy never goes back to something older: a whole
 * is gathered beside it first. Pure; one thread.
 *
 * @param <K> keys
 * @param <V> immutable values
 */
public final class ReplicaCopy<K, V> {

  /** Hears what becomes different. */
  public interface Listener<K, V> {
    /**
     * A key has another value.
     *
     * @param before null where there was none
     * @param now null where there is none
     */
    void changed(K key, V before, V now);
  }

  private final ReplicaKind<K, V> kind;
  private final long id;
  private final Listener<K, V> listener;
  private Map<K, V> map = new HashMap<>();
  private Map<K, V> gathered;
  private boolean heard;
  private boolean whole;
  private boolean settled;
  private String writer;
  private long life;
  private long applied;
  private long digest;
  private long divergences;

  /**
   * An empty copy, which has not heard of its source yet.
   *
   * @param id another one than that of each earlier copy which the same source may have written to; 0 where there was none, which saves asking for the first whole
   */
  public ReplicaCopy(ReplicaKind<K, V> kind, long id, Listener<K, V> listener) {
    this.kind = kind;
    this.id = id;
    this.listener = listener;
  }

  /** What is known; a view. */
  public Map<K, V> entries() {
    return Collections.unmodifiableMap(map);
  }

  /** Whether it has had a whole map: before, what is missing here says nothing. */
  public boolean isWhole() {
    return whole;
  }

  /** Whether the source had nothing more to say than what is known: not in the middle of an update that came in parts, where half of a change may be there. */
  public boolean isSettled() {
    return settled;
  }

  /** How often a digest has shown a difference that no number had. */
  public long divergences() {
    return divergences;
  }

  /** Takes in an update of the only one who ever writes to this copy. */
  public ReplicaAnswer apply(ReplicaUpdate<K, V> update) {
    return apply("", update);
  }

  /**
   * Takes an update in.
   *
   * @param from who writes: of two with the same life, whoever was heard first is believed
   */
  public ReplicaAnswer apply(String from, ReplicaUpdate<K, V> update) {
    if (heard && (update.life() < life || update.life() == life && !from.equals(writer))) {
      return new ReplicaAnswer(Outcome.NOT_MINE, id, life);
    }
    if (update.copy() != id) {
      return answer(Outcome.WHOLE_WANTED);
    }
    boolean sameLife = heard && update.life() == life;
    boolean beat = update.base() == update.number();
    if (sameLife && (beat ? update.number() < applied : update.number() <= applied)) {
      return answer(Outcome.APPLIED);
    }
    if (update.fresh()) {
      heard = true;
      writer = from;
      life = update.life();
      gathered = new HashMap<>();
      digest = 0;
    } else if (!sameLife || update.base() > applied) {
      return answer(Outcome.WHOLE_WANTED);
    }
    applied = update.number();
    settled = false;
    update.changes().forEach(entry -> take(entry.key(), entry.value()));
    return update.complete() ? completed(update) : answer(Outcome.APPLIED);
  }

  private ReplicaAnswer answer(Outcome outcome) {
    return new ReplicaAnswer(outcome, id);
  }

  private void take(K key, V now) {
    Map<K, V> into = gathered == null ? map : gathered;
    V before = now == null ? into.remove(key) : into.put(key, now);
    digest += (now == null ? 0 : kind.digest(key, now)) - (before == null ? 0 : kind.digest(key, before));
    if (gathered == null) {
      tell(key, before, now);
    }
  }

  private ReplicaAnswer completed(ReplicaUpdate<K, V> update) {
    if (digest != update.digest()) {
      divergences++;
      return answer(Outcome.WHOLE_WANTED);
    }
    if (gathered != null) {
      Map<K, V> before = map;
      map = gathered;
      gathered = null;
      whole = true;
      before.forEach((key, value) -> tell(key, value, map.get(key)));
      map.forEach((key, value) -> {
        if (!before.containsKey(key)) {
          listener.changed(key, null, value);
        }
      });
    }
    settled = true;
    return answer(Outcome.APPLIED);
  }

  private void tell(K key, V before, V now) {
    if (before == null ? now != null : !before.equals(now)) {
      listener.changed(key, before, now);
    }
  }
}
