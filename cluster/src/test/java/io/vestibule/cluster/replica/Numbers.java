package io.vestibule.cluster.replica;

import io.vestibule.contract.replica.ReplicaKind;

/** A map of numbers. */
enum Numbers implements ReplicaKind<Integer, Integer> {
  KIND;

  @Override
  public long digest(Integer key, Integer value) {
    return (key * 1_000L + value + 1) * 0x9E37_79B9_7F4A_7C15L;
  }

  @Override
  public int weight(Integer key, Integer value) {
    return 1;
  }
}
