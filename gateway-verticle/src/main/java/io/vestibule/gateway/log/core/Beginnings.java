package io.vestibule.gateway.log.core;

import io.vestibule.gateway.log.core.Returns.Step;

/**
 * Where those begin who come back to a topic: whoever hears from now on where the tail is, and behind what was known to be stored; whoever was somewhere before there, if what the log has from there on is all that came
 * since, and else where that begins. Pure, one thread.
 *
 * @param <R> who comes back
 * @param <M> a message
 */
final class Beginnings<R extends Return, M> {
  private final Tail<M> tail;
  private final Returns.Way<R, M> way;
  private final Doubts<R, M> doubts;
  private final Bindings<R, M> bindings;

  Beginnings(Tail<M> tail, Returns.Way<R, M> way, Doubts<R, M> doubts, Bindings<R, M> bindings) {
    this.tail = tail;
    this.way = way;
    this.doubts = doubts;
    this.bindings = bindings;
  }

  /** Whoever hears from now on does so from where the tail is, unless that is known already. */
  void begun(R who) {
    if (who.epoch == 0) {
      who.epoch = tail.epoch();
      who.offset = tail.offset();
    }
  }

  /** Where the log ends for somebody, in the epoch of the tail. */
  long end(R who) {
    long end = who.epoch == tail.epoch() ? Math.max(who.offset, tail.offset()) : tail.offset();
    return who.knownEpoch == tail.epoch() ? Math.max(end, who.knownOffset) : end;
  }

  /** Tells somebody where it begins; what keeps it from doing so, or null. */
  Step tell(R who, Page<M> read) {
    if (who.isFromNowOn()) {
      begun(who);
    }
    Step bound = bindings.await(who, read);
    if (bound != null) {
      return bound;
    }
    return who.isFromNowOn() ? tellFromNowOn(who, read) : tellFromPlace(who, read);
  }

  private Step tellFromNowOn(R who, Page<M> read) {
    Step known = passKnown(who, read);
    if (known == null) {
      bindings.begin(who);
      who.told = true;
      way.begun(who, who.epoch, who.offset, null);
    }
    return known;
  }

  /** Whoever hears from now on does so behind what was known to be stored when it asked, however late the tail is; what keeps it from that, or null. */
  private Step passKnown(R who, Page<M> read) {
    if (who.knownEpoch == 0) {
      return null;
    }
    if (who.knownEpoch != who.epoch && who.knownEpoch != tail.epoch()) {
      // One of the two is over.
      if (read != null && doubts.isOfAnother(read)) {
        return doubts.raise(read);
      }
      boolean looked = who.looked;
      // The read may have been under way before.
      who.looked |= read != null;
      return looked && read != null ? null : Step.HUNGRY;
    }
    if (who.epoch != who.knownEpoch || who.offset < who.knownOffset) {
      who.epoch = who.knownEpoch;
      who.offset = who.knownOffset;
    }
    return null;
  }

  private Step tellFromPlace(R who, Page<M> read) {
    boolean recovered = true;
    if (!isAtTail(who)) {
      Page<M> page = page(who, read);
      if (page == null) {
        return Step.HUNGRY;
      }
      if (doubts.isOfAnother(page)) {
        return doubts.raise(page);
      }
      if (!who.looked && (page.epoch() == 0 || isBeyond(who, page))) {
        // What another event loop has told it may be younger than a read that was under way.
        who.looked = true;
        return Step.HUNGRY;
      }
      recovered = judge(who, page);
      doubts.raiseIfBeyond(who, page);
    }
    bindings.keep(who, end(who));
    who.told = true;
    way.begun(who, tail.epoch(), end(who), recovered && !who.owesGap);
    return null;
  }

  /** A tail that begins with what has been since a moment may be before the first message that can be had. */
  private boolean isAtTail(R who) {
    return who.epoch == tail.epoch() && who.offset == tail.offset() && (who.offset > 0 || Epoch.isNothing(who.epoch));
  }

  /** What was read, unless what is known says more; null if something is to be read. */
  private Page<M> page(R who, Page<M> read) {
    long wants = who.wants(tail.epoch());
    if (read != null && (read.epoch() != tail.epoch() || read.tells(wants))) {
      return read;
    }
    return way.recent(tail.epoch(), wants);
  }

  /** Whether it is further than the log is known to be. */
  private boolean isBeyond(R who, Page<M> page) {
    return who.epoch == tail.epoch() && who.offset > Math.max(page.head(), tail.offset());
  }

  /** Whether it misses nothing. Puts it where its messages begin. */
  private boolean judge(R who, Page<M> page) {
    long epoch = tail.epoch();
    if (page.epoch() == 0 || isBeyond(who, page)) {
      who.skip(epoch, tail.offset());
    } else if (who.epoch == epoch) {
      if (page.from() <= who.offset) {
        return true;
      }
      who.skip(epoch, page.from());
    } else if (who.epoch == way.nothing() && Epoch.isFirst(epoch) && page.from() == 0) {
      who.epoch = epoch;
      who.offset = 0;
      return true;
    } else {
      who.skip(epoch, Math.max(page.from(), page.began()));
    }
    return false;
  }
}
