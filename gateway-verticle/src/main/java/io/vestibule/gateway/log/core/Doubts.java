package io.vestibule.gateway.log.core;

import io.vestibule.gateway.log.core.Returns.Step;

/**
 * What was read for those who come back may say that the tail is not where the log is: then the tail has it looked at, and they wait for that. Pure, one thread.
 *
 * @param <R> who comes back
 * @param <M> a message
 */
final class Doubts<R extends Return, M> {
  private final Tail<M> tail;
  private final Returns.Way<R, M> way;

  Doubts(Tail<M> tail, Returns.Way<R, M> way) {
    this.tail = tail;
    this.way = way;
  }

  /** Whether this is of a log in another epoch. */
  boolean isOfAnother(Page<M> page) {
    return page.epoch() != tail.epoch() && page.epoch() != 0;
  }

  /** Whoever has read this waits for the tail. */
  Step raise(Page<M> page) {
    way.doubt(page);
    return Step.WAITS;
  }

  /** The tail has to go as far as the log was: if it cannot, the log was restored from the past. */
  void raiseIfBeyond(R who, Page<M> page) {
    if (who.epoch == tail.epoch() && who.offset > tail.offset()) {
      way.doubt(page);
    }
  }
}
