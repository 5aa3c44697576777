package io.vestibule.gateway.log.core;

import java.util.List;

/**
 * Messages of a log, one after the other.
 *
 * @param epoch of the log; 0 where there is none
 * @param began the offset after which everything came in this epoch
 * @param from the offset that the first of them comes after
 * @param oldest whether nothing that came before can be had
 * @param head the last offset that the log is known to have given
 * @param messages in their order, without a hole
 * @param <M> a message
 */
public record Page<M>(long epoch, long began, long from, boolean oldest, long head, List<M> messages) {

  /**
   * What was read after an offset.
   *
   * @param messages those of the slice
   */
  public static <M> Page<M> of(Slice slice, long after, List<M> messages) {
    boolean oldest = slice.first() - 1 >= after;
    long from = oldest ? slice.first() - 1 : Math.min(after, slice.head());
    return new Page<>(slice.epoch(), slice.began(), from, oldest, slice.head(), messages);
  }

  /** The last offset in it. */
  public long to() {
    return from + messages.size();
  }

  /** Whether it says what comes after an offset, or that nothing does. */
  public boolean tells(long offset) {
    return offset <= to() && (offset >= from || oldest) || offset > head;
  }

  /** The message at an offset in it. */
  M at(long offset) {
    return messages.get((int) (offset - from - 1));
  }
}
