package io.vestibule.admission.core;

import io.vestibule.contract.admission.AdmissionCommand;
import io.vestibule.contract.admission.SessionRef;
import io.vestibule.contract.admission.SocketReport;
import java.util.List;
import java.util.Set;

/** What a queue hears. */
public sealed interface QueueEvent {

  /**
   * A gateway asks.
   *
   * @param ref the answer carries it
   * @param gateway the node id of who asks
   */
  record Asked(long ref, String gateway, AdmissionCommand command) implements QueueEvent {}

  /** Time has passed; comes every {@value #MILLIS} ms at the latest. */
  record Tick() implements QueueEvent {
    /** Milliseconds between ticks. */
    public static final long MILLIS = 100;
  }

  /** Every socket of a gateway that has a place in this queue, which is all that is reported here; sockets are the ground truth. */
  record Reported(String gateway, SocketReport report) implements QueueEvent {}

  /** These gateways are alive; what was held by any other is gone. */
  record Alive(Set<String> gateways) implements QueueEvent {}

  /** What gateways offer now, all together: 0 for no limit, -1 if there is none that takes anybody. Draining ones do not count. Comes before {@link Opened}. */
  record Offered(int connections) implements QueueEvent {}

  /**
   * How well the nodes are.
   *
   * @param strained a node's event-loop lag, heap or processor says that it has too much to do
   */
  record Strain(boolean strained) implements QueueEvent {}

  /** A promotion found its connection gone. */
  record NobodyThere(String gateway, String connection) implements QueueEvent {}

  /** Everybody has been heard who has to be before admissions begin; until then nobody is admitted. */
  record Opened() implements QueueEvent {}

  /**
   * A {@link QueueEffect.TakeSlot} is stored. For each of them comes this or {@link SlotHeld}, in their order, and only now are its holders told that they are in.
   * Until then the slot is taken for nobody else.
   */
  record SlotTaken(int slot, SlotHolder holder) implements QueueEvent {}

  /** The store refused to give a slot, because this one holds it there. */
  record SlotHeld(int slot, SlotHolder holder) implements QueueEvent {}

  /** The count of a user's sessions in all queues has been asked ({@link QueueEffect.TakeSeat}). */
  enum Seat {
    /** There may be one more. */
    GRANTED,
    /** There may not. */
    REFUSED,
    /** Room was made elsewhere, so it is to be asked again. */
    AGAIN,
    /** Nobody knows: the store did not answer. */
    UNKNOWN
  }

  /**
   * The answer to a {@link QueueEffect.TakeSeat}.
   *
   * @param instead a session of this queue that is to make room, where it was refused and that helps; else null
   */
  record SeatAnswered(String user, Seat seat, SessionRef instead) implements QueueEvent {}

  /** What {@link QueueEffect.SeatsLeft} said is stored. */
  record SeatsFreed(String user, int count) implements QueueEvent {}

  /**
   * Another queue needs the room of a session.
   *
   * @param ref the answer, which comes in any case, carries it
   * @param evenLive also if somebody is there
   */
  record SeatWanted(long ref, String user, SessionRef session, boolean evenLive) implements QueueEvent {}

  /** An operator changes the size; -1 leaves a figure as it is, 0 is no limit. */
  record Resized(int capacity, int admissionsPerSecond) implements QueueEvent {}

  /** An operator stops admissions, or lets them go on. */
  record Paused(boolean paused) implements QueueEvent {}

  /** An operator ends sessions: all of a user, or one; the other is null. */
  record Revoked(String user, String sessionId) implements QueueEvent {}
}
