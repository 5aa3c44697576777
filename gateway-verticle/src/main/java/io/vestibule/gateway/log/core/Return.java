package io.vestibule.gateway.log.core;

/** Somebody's way back to a topic: how far it is, and what it is still to be told. */
public class Return {
  /** What no log has. */
  public static final long NO_EPOCH = -1;

  /** How far it is; epoch 0 stands for where the tail is when it has its turn. */
  long epoch;
  long offset;
  /** Whether it wants nothing of what was before. */
  private final boolean fromNowOn;
  /** How far the log was known to be when it asked; epoch 0 where nobody knew. */
  long knownEpoch;
  long knownOffset;
  /** Whether it was told where it begins. */
  boolean told;
  /** Whether a read had nothing of what it knows; the next one counts. */
  boolean looked;
  /** Whether it gets nothing but that for now. */
  boolean held;
  /** Whether it is owed a gap, from here to where it is. */
  boolean owesGap;
  long gapEpoch;
  long gapOffset;
  /** Where it goes on from if it cannot be told where it begins; epoch 0 where it does not. */
  private long backEpoch;
  private long backOffset;
  private Return backFrom;
  /** The place before which it is to get nothing; epoch 0 where it may have everything. */
  long boundEpoch;
  long boundOffset;
  /** Whether there is nothing more to do. */
  boolean over;

  /** Somebody who wants to hear from now on. */
  protected Return() {
    this(0, 0);
  }

  /** Somebody who is that far already; with epoch 0, who wants to hear from now on. */
  protected Return(long epoch, long offset) {
    this.epoch = epoch;
    this.offset = offset;
    this.fromNowOn = epoch == 0;
  }

  /** The log was known to be this far when it asked: if it wants to hear from now on, that is behind this. */
  public final void knows(long logEpoch, long logOffset) {
    knownEpoch = logEpoch;
    knownOffset = logOffset;
  }

  /** Whether it was told where it begins. */
  public final boolean isTold() {
    return told;
  }

  /** Whether it has gone on as everybody else, or has been given up. */
  public final boolean isOver() {
    return over;
  }

  /** It gets messages only when this is ended. */
  public final void hold(boolean holds) {
    held = holds;
  }

  /** It is given up. */
  public final void end() {
    over = true;
  }

  /**
   * It may have what came after a place, and nothing from before it, wherever it says that it is.
   *
   * @param itsEpoch {@link #NO_EPOCH} where that place is to be found now
   */
  public final void bind(long itsEpoch, long itsOffset) {
    boundEpoch = itsEpoch;
    boundOffset = itsOffset;
    if (epoch == itsEpoch && offset < itsOffset) {
      skip(itsEpoch, itsOffset);
    }
  }

  /** It goes on from where another one was, should it fail. */
  public final void insteadOf(Return other) {
    backEpoch = other.epoch;
    backOffset = other.offset;
    backFrom = other;
  }

  /** It was as far as the tail, and goes on from there should it fail. */
  public final void insteadOf(Tail<?> tail) {
    backEpoch = tail.epoch();
    backOffset = tail.offset();
  }

  /** It cannot be told where it begins, and goes on from where it was; says whether it was anywhere. */
  public final boolean goBack() {
    told = backEpoch != 0;
    epoch = told ? backEpoch : epoch;
    offset = told ? backOffset : offset;
    owesGap = owesGap && !told;
    if (told && backFrom != null && backFrom.owesGap) {
      owesGap = true;
      gapEpoch = backFrom.gapEpoch;
      gapOffset = backFrom.gapOffset;
    }
    backFrom = null;
    return told;
  }

  /** Whether it is known where it goes on from if it cannot be told where it begins. */
  public final boolean hasBack() {
    return backEpoch != 0;
  }

  /** What it asked for is given up: it goes on from where it was before, or from where it has got to if that is further. Says whether it was anywhere. */
  public final boolean giveUp() {
    if (!told) {
      return goBack();
    }
    if (backEpoch == epoch && backOffset >= offset) {
      owesGap = false;
      goBack();
    }
    return true;
  }

  /** Whether it wants nothing of what was before. */
  public final boolean isFromNowOn() {
    return fromNowOn;
  }

  /** Whether it knows where it begins, and gets nothing more until it is held no longer. */
  public final boolean isResting() {
    return held && told && !over;
  }

  /** The last offset that it has, in whatever epoch. */
  public final long offset() {
    return offset;
  }

  /** The epoch of what it was told last, for somebody who was told where it begins. */
  public final long toldEpoch() {
    return owesGap ? gapEpoch : epoch;
  }

  /** What it wants to read after, in a log of this epoch. */
  public final long wants(long logEpoch) {
    return epoch == logEpoch ? offset : 0;
  }

  void skip(long newEpoch, long newOffset) {
    if (!owesGap) {
      owesGap = true;
      gapEpoch = epoch;
      gapOffset = offset;
    }
    epoch = newEpoch;
    offset = newOffset;
  }
}
