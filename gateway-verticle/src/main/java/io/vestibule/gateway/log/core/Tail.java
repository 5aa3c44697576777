package io.vestibule.gateway.log.core;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How far a topic's log has been delivered in one place, and what has come too early. Messages go out in the order of their offsets, each once; what does not come is to be read from the log, and what
 * cannot be had any more is told as a gap. Pure, one thread.
 *
 * @param <M> a message
 */
public final class Tail<M> {
  /** Two nodes that publish to a topic overtake each other all the time, for a moment. */
  public static final long PATIENCE_MS = 50;

  private static final int MOST_HELD = 1_000;
  private static final int EPOCHS_LEFT = 4;

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

  private final TreeMap<Long, M> held = new TreeMap<>();
  /** Epochs that it was in, and how far it was in them. */
  private final Map<Long, Long> left = new LinkedHashMap<>();
  private long epoch;
  private long offset;
  /** After this offset everything came in its epoch, as far as is known. */
  private long began;
  /** The offset at which it came into its epoch. */
  private long entered;
  /** Of what is held; another one than that of the tail where somebody has spoken of it, and the log has not confirmed it. */
  private long heldEpoch;
  private long head;
  /** The highest offset that was known to be given when the log was asked: what is heard while the answer is on its way may not be in it. */
  private long knownWhenAsked;
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
    this.epoch = epoch;
    this.heldEpoch = epoch;
    this.offset = offset;
    this.began = Epoch.beganEmpty(epoch) ? 0 : offset;
    this.entered = offset;
    this.head = offset;
    movedMs = nowMs;
  }

  /** Whether it knows where it stands. */
  public boolean begun() {
    return epoch != 0;
  }

  /** The epoch that it is in; 0 before it has {@link #begun}, and an {@link Epoch#isNothing epoch of nothing} where there is no log yet. */
  public long epoch() {
    return epoch;
  }

  /** The last offset that was delivered, or told as missing. */
  public long offset() {
    return offset;
  }

  /** The offset after which everything came in its epoch, as far as is known. */
  long epochBegan() {
    return began;
  }

  /** The offset at which it came into its epoch: who heard what it delivered has had everything since. */
  long entered() {
    return entered;
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
      start(newEpoch, newOffset, out);
      if (heldEpoch == epoch) {
        drain(out);
      } else if (held.isEmpty()) {
        holdOnly(epoch);
      }
      movedMs = nowMs;
      missingSinceMs = -1;
      reckon(nowMs);
    }
  }

  private void start(long newEpoch, long newOffset, Out<M> out) {
    epoch = newEpoch;
    offset = newOffset;
    began = Epoch.beganEmpty(newEpoch) ? 0 : newOffset;
    entered = newOffset;
    head = newOffset;
    knownWhenAsked = 0;
    out.begun();
  }

  /**
   * The store is another one, and what it had of a topic without a log cannot be known.
   *
   * @param nothing the epoch of a topic without a log from now on
   * @param first whether it was not known before which store it is
   */
  public void lose(long nothing, boolean first, Out<M> out) {
    if (Epoch.isNothing(epoch) && epoch != nothing) {
      if (!first) {
        out.gap(epoch, 0, nothing, 0);
      }
      heldEpoch = heldEpoch == epoch ? nothing : heldEpoch;
      epoch = nothing;
      out.changed(nothing, 0);
    }
  }

  /** A message has come. */
  public void hear(long itsEpoch, long itsOffset, M message, long nowMs, Out<M> out) {
    movedMs = nowMs;
    if (left.containsKey(itsEpoch) || itsEpoch == epoch && itsOffset <= offset) {
      return;
    }
    if (begun() && itsEpoch != epoch && itsOffset == 1) {
      // A log that has just begun: nothing of it was missed.
      change(itsEpoch, 0, out);
    }
    hold(itsEpoch, itsOffset, message);
    if (itsEpoch == epoch) {
      drain(out);
    }
    reckon(nowMs);
  }

  private void hold(long itsEpoch, long itsOffset, M message) {
    holdOnly(itsEpoch);
    held.put(itsOffset, message);
    if (held.size() > MOST_HELD) {
      // It is in the log.
      held.pollLastEntry();
    }
  }

  private void holdOnly(long itsEpoch) {
    if (heldEpoch != itsEpoch) {
      held.clear();
      heldEpoch = itsEpoch;
    }
  }

  private void change(long newEpoch, long newOffset, Out<M> out) {
    long before = epoch;
    long beforeOffset = offset;
    if (!Epoch.isNothing(epoch)) {
      left.put(epoch, offset);
      if (left.size() > EPOCHS_LEFT) {
        left.remove(left.keySet().iterator().next());
      }
    }
    epoch = newEpoch;
    offset = newOffset;
    began = Epoch.beganEmpty(newEpoch) ? 0 : newOffset;
    entered = newOffset;
    head = newOffset;
    knownWhenAsked = 0;
    holdOnly(newEpoch);
    out.changed(newEpoch, newOffset);
    if (newOffset > 0 || !Epoch.isNoStep(before, newEpoch)) {
      out.gap(before, beforeOffset, newEpoch, newOffset);
    }
  }

  private void drain(Out<M> out) {
    while (!held.isEmpty() && held.firstKey() <= offset + 1) {
      Map.Entry<Long, M> next = held.pollFirstEntry();
      if (next.getKey() == offset + 1) {
        offset++;
        out.deliver(next.getValue());
      }
    }
    head = Math.max(head, offset);
  }

  /** The log is this far. */
  public void head(long itsEpoch, long itsOffset, long nowMs) {
    if (itsEpoch == epoch) {
      head = Math.max(head, itsOffset);
    } else {
      holdOnly(itsEpoch);
    }
    reckon(nowMs);
  }

  /** The log may have been restored from the past: it is asked again. */
  public void doubt(long nowMs) {
    doubted = true;
    reckon(nowMs);
  }

  private void reckon(long nowMs) {
    boolean missing = doubted || !begun() || heldEpoch != epoch || !held.isEmpty() || head > offset;
    missingSinceMs = !missing ? -1 : isMissing() ? missingSinceMs : nowMs;
  }

  /** The log is about to be asked for what comes after {@link #offset}. */
  public void asks() {
    knownWhenAsked = held.isEmpty() || heldEpoch != epoch ? head : Math.max(head, held.lastKey());
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
    Long leftAt = left.remove(slice.epoch());
    if (leftAt != null && slice.head() < leftAt) {
      left.put(slice.epoch(), leftAt);
      missingSinceMs = nowMs;
      return new Behind(slice.epoch(), leftAt);
    }
    boolean changed = !begun() || slice.epoch() != epoch;
    if (!begun()) {
      start(slice.epoch(), beginsByVersion(slice), out);
    } else if (slice.epoch() != epoch) {
      // What it was led away by, a message that came very late, was not the log.
      change(slice.epoch(), leftAt != null ? leftAt : begins(slice), out);
    }
    began = slice.began();
    // Of another epoch it was not known what to ask for: what is held may be what was lost.
    doubted = doubts && changed;
    holdOnly(epoch);
    if (slice.head() < knownWhenAsked) {
      missingSinceMs = nowMs;
      return new Behind(epoch, knownWhenAsked);
    }
    take(slice, messages, out);
    reckon(nowMs);
    if (slice.more() || changed && isMissing()) {
      missingSinceMs = nowMs - PATIENCE_MS;
    }
    return null;
  }

  /** Where nothing is left that came before what is owed, something of that may be gone, too. */
  private static long beginsByVersion(Slice slice) {
    if (slice.messages().isEmpty()) {
      return slice.head();
    }
    long owed = slice.messages().get(0).offset();
    return owed == slice.first() ? 0 : owed - 1;
  }

  /** The log is gone; if it begins anew, it does so in another epoch. */
  private void gone(long nothing, Out<M> out) {
    if (!begun()) {
      start(nothing, 0, out);
    }
    holdOnly(epoch);
    held.clear();
    head = offset;
  }

  /** Up to where nobody can tell what is news in another epoch. */
  private static long begins(Slice slice) {
    return Math.max(slice.first() - 1, slice.began());
  }

  private void take(Slice slice, List<M> messages, Out<M> out) {
    if (slice.first() > offset + 1) {
      out.gap(epoch, offset, epoch, slice.first() - 1);
      offset = slice.first() - 1;
    }
    for (int i = 0; i < messages.size(); i++) {
      if (slice.messages().get(i).offset() == offset + 1) {
        offset++;
        out.deliver(messages.get(i));
      }
    }
    drain(out);
    head = Math.max(head, slice.head());
  }
}
