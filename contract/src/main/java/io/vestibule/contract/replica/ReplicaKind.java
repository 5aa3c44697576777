package io.vestibule.contract.replica;

/** What must be known of the entries of a replicated map, the same on both ends. Pure. */
public interface ReplicaKind<K, V> {

  /** The same 64 bits for equal entries on every node and version; others differ but by chance. Entries' digests are added up, so it must mix well. */
  long digest(K key, V value);

  /**
   * Bytes that the entry takes in an update, about.
   *
   * @param value null where the key was removed
   */
  int weight(K key, V value);
}
