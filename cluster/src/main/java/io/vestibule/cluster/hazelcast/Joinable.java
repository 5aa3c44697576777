package io.vestibule.cluster.hazelcast;

/**
 * A value in the grid of which two that went apart can be made one, see {@link JoiningMerge}.
 *
 * @param <T> itself
 */
public interface Joinable<T> {

  /** What both have; neither is changed. Joined with the same once more, with nothing done between, it is itself: a merge of which nobody knows whether it was done is done again. */
  T joinedWith(T other);

  /** What is kept of it where the others have nothing: a copy. */
  T alone();
}
