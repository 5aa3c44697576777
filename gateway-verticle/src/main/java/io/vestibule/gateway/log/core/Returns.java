package io.vestibule.gateway.log.core;

/**
 * Brings those who come back to a topic as far as the tail is, each from where it was: tells where it begins and whether nothing is missing, then a gap if something is, then the log up to the tail; from that instant on it
 * hears what the tail delivers. Pure, one thread.
 *
 * @param <R> who comes back
 * @param <M> a message
 */
public final class Returns<R extends Return, M> {

  /** How far somebody has got. */
  public enum Step {
    /** Has nothing more to do. */
    OVER,
    /** Waits until its client has read more. */
    NO_ROOM,
    /** Waits for something to be read. */
    HUNGRY,
    /** Waits for the tail to move. */
    WAITS,
    /** Others are to have their turn. */
    TURN
  }

  /** What they are given, and what has to be done for it. */
  public interface Way<R, M> {
    /** Whether there is room for more. */
    boolean hasRoom(R who);

    /**
     * Says where it begins.
     *
     * @param recovered whether nothing is missing; null where nobody asked
     */
    void begun(R who, long epoch, long offset, Boolean recovered);

    /** The next message. */
    void deliver(R who, M message);

    /** What lies between is not to be had. */
    void gap(R who, long fromEpoch, long from, long toEpoch, long to);

    /** The place before which it gets nothing is this one now. */
    void bound(R who, long epoch, long offset);

    /** From now on it gets what the tail delivers. */
    void live(R who);

    /** What is known of the log after an offset, or null. */
    Page<M> recent(long epoch, long offset);

    /** The log seems to be in another epoch, or not as far as the tail. */
    void doubt(Page<M> page);

    /** The log is known to be this far, and the tail is not. */
    void known(long epoch, long offset);

    /** The epoch of a topic without a log, in this shard. */
    long nothing();
  }

  private final Tail<M> tail;
  private final Way<R, M> way;

  /** Those who come back to the topic of this tail. */
  public Returns(Tail<M> tail, Way<R, M> way) {
    this.tail = tail;
    this.way = way;
  }

  /** The tail has begun, and has delivered nothing yet: whoever waits for that and wants to hear from now on begins here, however late its turn comes. */
  public void begun(R who) {
    if (who.epoch == 0) {
      who.epoch = tail.epoch();
      who.offset = tail.offset();
    }
  }

  /**
   * Brings somebody on, as far as it goes.
   *
   * @param read what was read for somebody, or null
   * @param most messages in this turn
   */
  public Step step(R who, Page<M> read, int most) {
    if (who.over) {
      return Step.OVER;
    }
    if (!tail.begun()) {
      return Step.WAITS;
    }
    if (!who.told) {
      Step step = tell(who, read);
      if (step != null) {
        return step;
      }
    }
    return who.over ? Step.OVER : who.held ? Step.WAITS : goOn(who, read, most);
  }

  /** Says where it begins; what keeps it from doing so, or null. */
  private Step tell(R who, Page<M> read) {
    if (who.isFromNowOn()) {
      begun(who);
    }
    if (isBoundBeyond(who)) {
      Step step = lookAnew(who, read);
      if (step != null) {
        return step;
      }
    }
    if (who.isFromNowOn()) {
      Step step = passKnown(who, read);
      if (step == null) {
        beginBound(who);
        who.told = true;
        way.begun(who, who.epoch, who.offset, null);
      }
      return step;
    }
    boolean recovered = true;
    if (!isAtTail(who)) {
      Page<M> page = page(who, read);
      if (page == null) {
        return Step.HUNGRY;
      }
      if (page.epoch() != tail.epoch() && page.epoch() != 0) {
        return doubted(page);
      }
      if (!who.looked && (page.epoch() == 0 || who.epoch == tail.epoch() && who.offset > Math.max(page.head(), tail.offset()))) {
        // What another event loop has told it may be younger than a read that was under way.
        who.looked = true;
        return Step.HUNGRY;
      }
      recovered = judge(who, page);
      doubtBeyondTail(who, page);
    }
    keepBound(who, end(who));
    who.told = true;
    way.begun(who, tail.epoch(), end(who), recovered && !who.owesGap);
    return null;
  }

  /** Whoever hears from now on does so behind what was known to be stored when it asked, however late the tail is; what keeps it from that, or null. */
  private Step passKnown(R who, Page<M> read) {
    if (who.knownEpoch == 0) {
      return null;
    }
    if (who.knownEpoch != who.epoch && who.knownEpoch != tail.epoch()) {
      // One of the two is over.
      if (read != null && read.epoch() != tail.epoch() && read.epoch() != 0) {
        return doubted(read);
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

  /** Where the log ends for somebody, in the epoch of the tail. */
  public long end(R who) {
    long end = who.epoch == tail.epoch() ? Math.max(who.offset, tail.offset()) : tail.offset();
    return who.knownEpoch == tail.epoch() ? Math.max(end, who.knownOffset) : end;
  }

  /** Whether the place before which it is to get nothing is one that the tail has not passed, as far as anybody can tell. */
  private boolean isBoundBeyond(R who) {
    return who.boundEpoch == tail.epoch() ? who.boundOffset > tail.offset() : who.boundEpoch != 0 && who.boundEpoch != Return.NO_EPOCH && !isBoundByNothing(who);
  }

  /** There was no log at that place, and this is the first since. */
  private boolean isBoundByNothing(R who) {
    return who.boundEpoch == way.nothing() && Epoch.isFirst(tail.epoch());
  }

  /** The log may be there, and the tail late: a read that was not under way yet tells. */
  private Step lookAnew(R who, Page<M> read) {
    if (read == null || !who.looked) {
      who.looked |= read != null;
      return Step.HUNGRY;
    }
    if (read.epoch() != tail.epoch() && read.epoch() != 0) {
      return doubted(read);
    }
    if (who.boundOffset > Math.max(read.head(), tail.offset())) {
      // It was restored from the past, and is to come there again.
      who.bind(Return.NO_EPOCH, 0);
    }
    return null;
  }

  /** Whoever is bound and hears from now on begins where everybody went on, if an epoch ended since it asked. */
  private void beginBound(R who) {
    if (who.boundEpoch != 0) {
      who.offset = who.epoch == tail.epoch() ? who.offset : tail.entered();
      who.epoch = tail.epoch();
      who.offset = Math.max(who.offset, bind(who, who.offset));
    }
  }

  private void keepBound(R who, long elsewhere) {
    long bound = bind(who, elsewhere);
    if (who.offset < bound) {
      who.skip(tail.epoch(), bound);
    }
  }

  /**
   * Finds the place in the tail's epoch before which it gets nothing.
   *
   * @param elsewhere that place, where it was in another epoch, or is to be found: it stays there
   */
  private long bind(R who, long elsewhere) {
    if (who.boundEpoch != 0 && who.boundEpoch != tail.epoch()) {
      who.boundOffset = isBoundByNothing(who) ? 0 : elsewhere;
      who.boundEpoch = tail.epoch();
      way.bound(who, who.boundEpoch, who.boundOffset);
    }
    return who.boundOffset;
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

  /** The tail has to go as far as the log was: if it cannot, the log was restored from the past. */
  private void doubtBeyondTail(R who, Page<M> page) {
    if (who.epoch == tail.epoch() && who.offset > tail.offset()) {
      way.doubt(page);
    }
  }

  /** Whether it misses nothing. Puts it where its messages begin. */
  private boolean judge(R who, Page<M> page) {
    long epoch = tail.epoch();
    if (page.epoch() == 0) {
      who.skip(epoch, tail.offset());
    } else if (who.epoch == epoch) {
      if (who.offset > Math.max(page.head(), tail.offset())) {
        who.skip(epoch, tail.offset());
      } else if (page.from() <= who.offset) {
        return true;
      } else {
        who.skip(epoch, page.from());
      }
    } else if (who.epoch == way.nothing() && Epoch.isFirst(epoch) && page.from() == 0) {
      who.epoch = epoch;
      who.offset = 0;
      return true;
    } else {
      who.skip(epoch, Math.max(page.from(), page.began()));
    }
    return false;
  }

  private Step goOn(R who, Page<M> read, int most) {
    int left = most;
    while (true) {
      if (who.epoch != tail.epoch()) {
        changed(who);
      }
      payGap(who);
      if (who.over) {
        return Step.OVER;
      }
      if (who.offset == tail.offset()) {
        who.over = true;
        way.live(who);
        return Step.OVER;
      }
      if (who.offset > tail.offset()) {
        if (who.knownEpoch == tail.epoch() && who.knownOffset > tail.offset()) {
          way.known(who.knownEpoch, who.knownOffset);
        }
        return Step.WAITS;
      }
      Page<M> page = next(who, read);
      if (page == null) {
        return left == most && read != null && read.epoch() == tail.epoch() && read.tells(who.offset) ? doubted(read) : Step.HUNGRY;
      }
      if (page.epoch() == 0) {
        who.skip(tail.epoch(), tail.offset());
        continue;
      }
      if (page.epoch() != tail.epoch()) {
        return doubted(page);
      }
      if (page.from() > who.offset) {
        who.skip(who.epoch, page.from());
        payGap(who);
        doubtBeyondTail(who, page);
      }
      long to = Math.min(page.to(), tail.offset());
      while (!who.over && who.offset < to) {
        if (left == 0) {
          return Step.TURN;
        }
        if (!way.hasRoom(who)) {
          return Step.NO_ROOM;
        }
        left--;
        who.offset++;
        way.deliver(who, page.at(who.offset));
      }
    }
  }

  /** A page that has something for it, or says that the log is another; null if there is none. */
  private Page<M> next(R who, Page<M> read) {
    if (read != null && (read.epoch() != tail.epoch() || read.tells(who.offset) && (read.to() > who.offset || read.from() > who.offset))) {
      return read;
    }
    Page<M> recent = way.recent(who.epoch, who.offset);
    return recent == null || recent.to() == who.offset ? null : recent;
  }

  private Step doubted(Page<M> page) {
    way.doubt(page);
    return Step.WAITS;
  }

  /** The log began anew while it was on its way. */
  private void changed(R who) {
    long epoch = tail.epoch();
    if (Epoch.isNoStep(who.epoch, epoch) && who.epoch == way.nothing()) {
      who.epoch = epoch;
      who.offset = 0;
    } else {
      who.skip(epoch, tail.epochBegan());
    }
    keepBound(who, tail.entered());
  }

  private void payGap(R who) {
    if (who.owesGap && !who.over) {
      who.owesGap = false;
      way.gap(who, who.gapEpoch, who.gapOffset, who.epoch, who.offset);
    }
  }
}
