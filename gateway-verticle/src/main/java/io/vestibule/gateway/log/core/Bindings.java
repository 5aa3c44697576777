package io.vestibule.gateway.log.core;

import io.vestibule.gateway.log.core.Returns.Step;

/**
 * Those who may have a topic from a place on only, because a server gave it to them there: finds that place in the epoch of the tail, and lets them have nothing from before it. Pure, one thread.
 *
 * @param <R> who comes back
 * @param <M> a message
 */
final class Bindings<R extends Return, M> {
  private final Tail<M> tail;
  private final Returns.Way<R, M> way;
  private final Doubts<R, M> doubts;

  Bindings(Tail<M> tail, Returns.Way<R, M> way, Doubts<R, M> doubts) {
    this.tail = tail;
    this.way = way;
    this.doubts = doubts;
  }

  /** What keeps somebody from being told where it begins, since its place may be one that the tail has not come to yet; null where nothing does. */
  Step await(R who, Page<M> read) {
    return isBeyond(who) ? look(who, read) : null;
  }

  /** Whether its place is one that the tail has not passed, as far as anybody can tell. */
  private boolean isBeyond(R who) {
    return who.boundEpoch == tail.epoch() ? who.boundOffset > tail.offset() : who.boundEpoch != 0 && who.boundEpoch != Return.NO_EPOCH && !isByNothing(who);
  }

  /** There was no log at that place, and this is the first since. */
  private boolean isByNothing(R who) {
    return who.boundEpoch == way.nothing() && Epoch.isFirst(tail.epoch());
  }

  /** The log may be there, and the tail late: a read that was not under way yet tells. */
  private Step look(R who, Page<M> read) {
    if (read == null || !who.looked) {
      who.looked |= read != null;
      return Step.HUNGRY;
    }
    if (doubts.isOfAnother(read)) {
      return doubts.raise(read);
    }
    if (who.boundOffset > Math.max(read.head(), tail.offset())) {
      // It was restored from the past, and is to come there again.
      who.bind(Return.NO_EPOCH, 0);
    }
    return null;
  }

  /** Whoever is bound and hears from now on begins where everybody went on, if an epoch ended since it asked. */
  void begin(R who) {
    if (who.boundEpoch != 0) {
      who.offset = who.epoch == tail.epoch() ? who.offset : tail.entered();
      who.epoch = tail.epoch();
      who.offset = Math.max(who.offset, bind(who, who.offset));
    }
  }

  /**
   * Whoever is in the epoch of the tail now gets nothing from before its place there.
   *
   * @param elsewhere that place, where it was in another epoch, or is to be found: it stays there
   */
  void keep(R who, long elsewhere) {
    long bound = bind(who, elsewhere);
    if (who.offset < bound) {
      who.skip(tail.epoch(), bound);
    }
  }

  private long bind(R who, long elsewhere) {
    if (who.boundEpoch != 0 && who.boundEpoch != tail.epoch()) {
      who.boundOffset = isByNothing(who) ? 0 : elsewhere;
      who.boundEpoch = tail.epoch();
      way.bound(who, who.boundEpoch, who.boundOffset);
    }
    return who.boundOffset;
  }
}
