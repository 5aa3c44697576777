package io.vestibule.gateway.log.core;

import java.util.List;

/**
 * How far a topic's log has been delivered in one place. Messages go out in the order of their offsets, each once; what does not come for a while is to be read from the log, and what cannot be had any more is told
 * as a gap. Pure, one thread.
 *
 * @param <M> a message
 */
public final class Tail<M> {
  /** Two nodes that publish to a topic overtake each other all the time, for a moment. */
  public static final long PATIENCE_MS = 50;

  /**
   * The log is not what it was told to be, because what is stored was restored from the past. It has to begin a new epoch.
   *
   * @param epoch that it is in
   * @param offset that was told in it, or so it must be taken
   */
  public record Behind(long epoch, long offset) {}

  /** Where messages go. */
  public interface Out<M> {
    /** The next message. */
    void deliver(M message);

    /** What lies between is not to be had any more: after the one place, up to the other. */
    void gap(long fromEpoch, long from, long toEpoch, long to);

    /** It is known where the tail stands, and nothing was delivered yet. */
    default void begun() {}

    /** The tail goes on in another epoch, after this place. */
    default void changed(long epoch, long offset) {}
  }

  private final Sequence<M> sequence = new Sequence<>();
  private final Stand stand = sequence.stand();
  private boolean doubted;
  private long missingSinceMs = -1;
  private long movedMs;

  /**
   * A tail whose beginning is to be read.
   *
   * @param nowMs milliseconds since some moment
   */
  public Tail(long nowMs) {
    movedMs = nowMs;
    missingSinceMs = nowMs;
  }

  /**
   * A tail that has everything up to a place.
   *
   * @param nowMs milliseconds since some moment
   */
  public Tail(long epoch, long offset, long nowMs) {
    sequence.beginAt(epoch, offset);
    movedMs = nowMs;
  }

  /** Whether it knows where it stands. */
  public boolean begun() {
    return sequence.begun();
  }

  /** The epoch that it is in; 0 before it has {@link #begun}, and an {@link Epoch#isNothing epoch of nothing} where there is no log yet. */
  public long epoch() {
    return stand.epoch();
  }

  /** The last offset that was delivered, or told as missing. */
  public long offset() {
    return stand.offset();
  }

  /** The offset after which everything came in its epoch, as far as is known. */
  long epochBegan() {
    return stand.began();
  }

  /** The offset at which it came into its epoch: who heard what it delivered has had everything since. */
  long entered() {
    return stand.entered();
  }

  /** Whether nothing has happened for so long, and nothing is missing. */
  public boolean isIdle(long nowMs, long forMs) {
    return missingSinceMs < 0 && nowMs - movedMs >= forMs;
  }

  /** Whether something is missing. */
  public boolean isMissing() {
    return missingSinceMs >= 0;
  }

  /** Whether something has been missing for long enough that it should be read. */
  public boolean isDue(long nowMs) {
    return isMissing() && nowMs - missingSinceMs >= PATIENCE_MS;
  }

  /** Begins at a place, unless it has begun: nothing is owed from before. */
  public void begin(long newEpoch, long newOffset, long nowMs, Out<M> out) {
    if (!begun()) {
      sequence.begin(newEpoch, newOffset, out);
      movedMs = nowMs;
      missingSinceMs = -1;
      reckon(nowMs);
    }
  }

  /**
   * The store is another one, and what it had of a topic without a log cannot be known.
   *
   * @param nothing the epoch of a topic without a log from now on
   * @param first whether it was not known before which store it is
   */
  public void lose(long nothing, boolean first, Out<M> out) {
    long before = stand.epoch();
    if (Epoch.isNothing(before) && before != nothing) {
      if (!first) {
        out.gap(before, 0, nothing, 0);
      }
      sequence.rename(nothing, out);
    }
  }

  /** A message has come. */
  public void hear(long itsEpoch, long itsOffset, M message, long nowMs, Out<M> out) {
    movedMs = nowMs;
    if (sequence.hear(itsEpoch, itsOffset, message, out)) {
      reckon(nowMs);
    }
  }

  /** The log is this far. */
  public void head(long itsEpoch, long itsOffset, long nowMs) {
    sequence.head(itsEpoch, itsOffset);
    reckon(nowMs);
  }

  /** The log may have been restored from the past: it is asked again. */
  public void doubt(long nowMs) {
    doubted = true;
    reckon(nowMs);
  }

  private void reckon(long nowMs) {
    boolean missing = doubted || !begun() || sequence.isBehind();
    missingSinceMs = !missing ? -1 : isMissing() ? missingSinceMs : nowMs;
  }

  /** The log is about to be asked for what comes after {@link #offset}. */
  public void asks() {
    sequence.asks();
  }

  /**
   * A part of the log was read, from where the tail stood.
   *
   * @param messages those of the slice
   * @param nothing the epoch of a topic without a log, in this shard
   * @return what has to begin a new epoch, or null if all is well
   */
  public Behind read(Slice slice, List<M> messages, long nothing, long nowMs, Out<M> out) {
    movedMs = nowMs;
    missingSinceMs = -1;
    boolean doubts = doubted;
    doubted = false;
    if (slice.epoch() == 0) {
      gone(nothing, out);
      return null;
    }
    Long leftAt = stand.comeBack(slice.epoch());
    if (leftAt != null && slice.head() < leftAt) {
      stand.leave(slice.epoch(), leftAt);
      missingSinceMs = nowMs;
      return new Behind(slice.epoch(), leftAt);
    }
    boolean changed = !begun() || slice.epoch() != stand.epoch();
    if (!begun()) {
      sequence.start(slice.epoch(), slice.owedAfter(), out);
    } else if (changed) {
      // What it was led away by, a message that came very late, was not the log.
      sequence.change(slice.epoch(), leftAt != null ? leftAt : slice.newsAfter(), out);
    }
    stand.began(slice.began());
    // Of another epoch it was not known what to ask for: what is held may be what was lost.
    doubted = doubts && changed;
    sequence.confirm();
    if (slice.head() < stand.knownWhenAsked()) {
      missingSinceMs = nowMs;
      return new Behind(stand.epoch(), stand.knownWhenAsked());
    }
    sequence.take(slice, messages, out);
    reckon(nowMs);
    if (slice.more() || changed && isMissing()) {
      missingSinceMs = nowMs - PATIENCE_MS;
    }
    return null;
  }

  /** The log is gone; if it begins anew, it does so in another epoch. */
  private void gone(long nothing, Out<M> out) {
    if (!begun()) {
      sequence.start(nothing, 0, out);
    }
    sequence.gone();
  }
}
