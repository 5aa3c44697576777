package io.vestibule.cluster.hazelcast;

/**
 * A value in the grid of which two that went apart can be made one, see {@link JoiningMerge}.
 *
 * @param <T> itself
 */
public interface Joinable<T> {

  /** What both have; neither is changed. Joined once more it is the same, and itself: a merge of which nobody knows whether it was done is done again. */
  T joinedWith(T other);
}
