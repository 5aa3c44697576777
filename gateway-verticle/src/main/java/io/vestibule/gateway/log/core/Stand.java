package io.vestibule.gateway.log.core;

import java.util.LinkedHashMap;
import java.util.Map;

/** Where somebody who follows a log is in it, where he was before in other epochs, and how far he knows the log to be. Pure, one thread. */
final class Stand {
  private static final int EPOCHS_LEFT = 4;

  /** Epochs that he was in, and how far he was in them. */
  private final Map<Long, Long> left = new LinkedHashMap<>();
  private long epoch;
  private long offset;
  private long began;
  private long entered;
  private long head;
  private long knownWhenAsked;

  /** The epoch that he is in; 0 where that is not known yet. */
  long epoch() {
    return epoch;
  }

  /** Up to here he has everything that is to be had. */
  long offset() {
    return offset;
  }

  /** After this offset everything came in its epoch, as far as is known. */
  long began() {
    return began;
  }

  /** The log has said after which offset everything came in its epoch. */
  void began(long itsOffset) {
    began = itsOffset;
  }

  /** The offset at which he came into the epoch. */
  long entered() {
    return entered;
  }

  /** Whether the log is known to be further. */
  boolean isBehind() {
    return head > offset;
  }

  /** The highest offset that was known to be given when the log was asked: what is heard while the answer is on its way may not be in it. */
  long knownWhenAsked() {
    return knownWhenAsked;
  }

  /** He is here now; where he was is not remembered. */
  void enter(long newEpoch, long newOffset) {
    epoch = newEpoch;
    offset = newOffset;
    began = Epoch.beganEmpty(newEpoch) ? 0 : newOffset;
    entered = newOffset;
    head = newOffset;
    knownWhenAsked = 0;
  }

  /** He goes on in another epoch. */
  void change(long newEpoch, long newOffset) {
    if (!Epoch.isNothing(epoch)) {
      leave(epoch, offset);
      if (left.size() > EPOCHS_LEFT) {
        left.remove(left.keySet().iterator().next());
      }
    }
    enter(newEpoch, newOffset);
  }

  /** The epoch of a topic without a log has another number. */
  void rename(long nothing) {
    epoch = nothing;
  }

  /** Whether he was in an epoch, and is not any more. */
  boolean hasLeft(long itsEpoch) {
    return left.containsKey(itsEpoch);
  }

  /** He was as far in an epoch. */
  void leave(long itsEpoch, long itsOffset) {
    left.put(itsEpoch, itsOffset);
  }

  /** How far he was in an epoch, which he has not left any more; null where he had not. */
  Long comeBack(long itsEpoch) {
    return left.remove(itsEpoch);
  }

  /** He has everything up to here. */
  void moveTo(long itsOffset) {
    offset = itsOffset;
    head = Math.max(head, itsOffset);
  }

  /** The log is this far at least. */
  void knows(long itsHead) {
    head = Math.max(head, itsHead);
  }

  /** The log does not have what it was said to have. */
  void forgetHead() {
    head = offset;
  }

  /**
   * The log is about to be asked.
   *
   * @param heard the highest offset that was heard of
   */
  void asks(long heard) {
    knownWhenAsked = Math.max(head, heard);
  }
}
