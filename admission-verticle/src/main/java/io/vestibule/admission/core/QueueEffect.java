package io.vestibule.admission.core;

import io.vestibule.contract.admission.AdmissionAnswer;
import io.vestibule.contract.admission.AdmissionNotice;

/** What has to happen because of an event. Writes are stored first; answers and notices leave after every write that came before them is stored. */
public sealed interface QueueEffect {

  /** The answer to {@link QueueEvent.Asked}. */
  record Answer(long ref, AdmissionAnswer answer) implements QueueEffect {}

  /** Tells a gateway something about one of its connections. */
  record Notify(String gateway, AdmissionNotice notice) implements QueueEffect {}

  /**
   * A session that was in has ended.
   *
   * @param why a metric label
   * @param lastedMs from when it was in first until it ended, or until its socket was gone for good
   */
  record SessionEnded(String why, long lastedMs) implements QueueEffect {}

  /** What the cluster's count of a user's sessions has to hear, at once and in this order: nothing of it waits for a commit. */
  sealed interface SeatCall extends QueueEffect {
    /** Whose sessions they are. */
    String user();
  }

  /**
   * Asks whether the user may have so many sessions in this queue; {@link QueueEvent.SeatAnswered} says.
   *
   * @param count of this queue, with the one that is asked for
   * @param limit of all queues together; 0 for none
   */
  record TakeSeat(String user, int count, int limit) implements SeatCall {}

  /** The user has so many sessions in this queue, limit or not. */
  record SetSeats(String user, int count) implements SeatCall {}

  /**
   * Another queue is no more, and what it said is forgotten in the shard of this user.
   *
   * @param queue never the one that says so; if it is led after all, its coordinator finds itself forgotten and begins anew
   */
  record ForgetQueue(String user, String queue) implements SeatCall {}

  /** So many sessions of the user have ended. Once that is stored {@link QueueEvent.SeatsFreed} has to say so: until then they count, since a crash may bring them back. */
  record SeatsLeft(String user, int count) implements QueueEffect {}

  /** What has to be stored. */
  sealed interface Write extends QueueEffect {}

  /** The place is like this now; of several writes of a place in one commit the last counts. */
  record PutPlace(PlaceRecord place) implements Write {}

  /** The place has ended. */
  record DropPlace(String place) implements Write {}

  /** The holder takes the slot; refused where another has it ({@link QueueEvent.SlotHeld}). Doing it twice is doing it once. */
  record TakeSlot(int slot, SlotHolder holder) implements Write {}

  /** The holder gives the slot back; nothing happens where another has it. */
  record FreeSlot(int slot, SlotHolder holder) implements Write {}

  /** What an operator set, and what must outlive the coordinator. */
  record PutQueue(QueueRecord queue) implements Write {}
}
