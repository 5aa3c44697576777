package io.vestibule.gateway.log.core;

import java.util.List;

/**
 * Brings messages of a log out in the order of their offsets, each once, and tells what cannot be had any more. Pure, one thread.
 *
 * @param <M> a message
 */
final class Sequence<M> {
  private final Stand stand = new Stand();
  private final Early<M> early = new Early<>();

  /** Where it is; for others to look at. */
  Stand stand() {
    return stand;
  }

  /** Whether it is known where it is. */
  boolean begun() {
    return stand.epoch() != 0;
  }

  /** Whether there is something of which it has not brought out everything, as far as is known. */
  boolean isBehind() {
    return !holdsOwn() || !early.isEmpty() || stand.isBehind();
  }

  /** Whether what is held is of the epoch that it is in; of another one somebody has only spoken. */
  private boolean holdsOwn() {
    return early.epoch() == stand.epoch();
  }

  /** It is at this place, and everything up to it went out. */
  void beginAt(long epoch, long offset) {
    stand.enter(epoch, offset);
    early.holdOnly(epoch);
  }

  /** It begins here, and goes on with what has come already. */
  void begin(long epoch, long offset, Tail.Out<M> out) {
    start(epoch, offset, out);
    if (holdsOwn()) {
      drain(out);
    } else if (early.isEmpty()) {
      early.holdOnly(epoch);
    }
  }

  /** It begins here. */
  void start(long epoch, long offset, Tail.Out<M> out) {
    stand.enter(epoch, offset);
    out.begun();
  }

  /** It goes on in another epoch; what comes after this place there can be had. */
  void change(long epoch, long offset, Tail.Out<M> out) {
    long before = stand.epoch();
    long beforeOffset = stand.offset();
    stand.change(epoch, offset);
    early.holdOnly(epoch);
    out.changed(epoch, offset);
    if (offset > 0 || !Epoch.isNoStep(before, epoch)) {
      out.gap(before, beforeOffset, epoch, offset);
    }
  }

  /** The epoch of the topic, which has no log, is another one now. */
  void rename(long nothing, Tail.Out<M> out) {
    early.rename(stand.epoch(), nothing);
    stand.rename(nothing);
    out.changed(nothing, 0);
  }

  /** A message has come: it goes out, or waits for its turn. Says whether it is wanted: one that has gone out, or is of an epoch that is over, is not. */
  boolean hear(long epoch, long offset, M message, Tail.Out<M> out) {
    if (stand.hasLeft(epoch) || epoch == stand.epoch() && offset <= stand.offset()) {
      return false;
    }
    if (begun() && epoch != stand.epoch() && offset == 1) {
      // A log that has just begun: nothing of it was missed.
      change(epoch, 0, out);
    }
    early.hold(epoch, offset, message);
    if (epoch == stand.epoch()) {
      drain(out);
    }
    return true;
  }

  private void drain(Tail.Out<M> out) {
    M next = early.take(stand.offset() + 1);
    while (next != null) {
      stand.moveTo(stand.offset() + 1);
      out.deliver(next);
      next = early.take(stand.offset() + 1);
    }
  }

  /** The log is said to be this far. */
  void head(long epoch, long offset) {
    if (epoch == stand.epoch()) {
      stand.knows(offset);
    } else {
      early.holdOnly(epoch);
    }
  }

  /** The log is about to be asked for what comes after {@link Stand#offset}. */
  void asks() {
    stand.asks(early.isEmpty() || !holdsOwn() ? 0 : early.last());
  }

  /** The log is in this epoch: nothing of another one is held any more. */
  void confirm() {
    early.holdOnly(stand.epoch());
  }

  /** There is no log. */
  void gone() {
    confirm();
    early.clear();
    stand.forgetHead();
  }

  /** A part of the log was read: what of it comes next goes out, and what waited for it. */
  void take(Slice slice, List<M> messages, Tail.Out<M> out) {
    long offset = stand.offset();
    if (slice.first() > offset + 1) {
      out.gap(stand.epoch(), offset, stand.epoch(), slice.first() - 1);
      stand.moveTo(slice.first() - 1);
    }
    for (int i = 0; i < messages.size(); i++) {
      if (slice.messages().get(i).offset() == stand.offset() + 1) {
        stand.moveTo(stand.offset() + 1);
        out.deliver(messages.get(i));
      }
    }
    drain(out);
    stand.knows(slice.head());
  }
}
