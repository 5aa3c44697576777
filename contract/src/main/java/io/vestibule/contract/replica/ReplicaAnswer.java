package io.vestibule.contract.replica;

/** What the holder of a copy answers to a {@link ReplicaUpdate}. */
public enum ReplicaAnswer {
  /** It has this update, now or from before. */
  APPLIED,

  /** It cannot build on what it has: the whole map, please. */
  WHOLE_WANTED,

  /** A later writer has spoken already, or the copy is not held here. */
  NOT_MINE
}
