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
  private final Doubts<R, M> doubts;
  private final Bindings<R, M> bindings;
  private final Beginnings<R, M> beginnings;

  /** Those who come back to the topic of this tail. */
  public Returns(Tail<M> tail, Way<R, M> way) {
    this.tail = tail;
    this.way = way;
    this.doubts = new Doubts<>(tail, way);
    this.bindings = new Bindings<>(tail, way, doubts);
    this.beginnings = new Beginnings<>(tail, way, doubts, bindings);
  }

  /** The tail has begun, and has delivered nothing yet: whoever waits for that and wants to hear from now on begins here, however late its turn comes. */
  public void begun(R who) {
    beginnings.begun(who);
  }

  /** Where the log ends for somebody, in the epoch of the tail. */
  public long end(R who) {
    return beginnings.end(who);
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
      Step step = beginnings.tell(who, read);
      if (step != null) {
        return step;
      }
    }
    return who.over ? Step.OVER : who.held ? Step.WAITS : goOn(who, read, most);
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
        return left == most && read != null && read.epoch() == tail.epoch() && read.tells(who.offset) ? doubts.raise(read) : Step.HUNGRY;
      }
      if (page.epoch() == 0) {
        who.skip(tail.epoch(), tail.offset());
        continue;
      }
      if (page.epoch() != tail.epoch()) {
        return doubts.raise(page);
      }
      if (page.from() > who.offset) {
        who.skip(who.epoch, page.from());
        payGap(who);
        doubts.raiseIfBeyond(who, page);
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

  /** The log began anew while it was on its way. */
  private void changed(R who) {
    long epoch = tail.epoch();
    if (Epoch.isNoStep(who.epoch, epoch) && who.epoch == way.nothing()) {
      who.epoch = epoch;
      who.offset = 0;
    } else {
      who.skip(epoch, tail.epochBegan());
    }
    bindings.keep(who, tail.entered());
  }

  private void payGap(R who) {
    if (who.owesGap && !who.over) {
      who.owesGap = false;
      way.gap(who, who.gapEpoch, who.gapOffset, who.epoch, who.offset);
    }
  }
}
