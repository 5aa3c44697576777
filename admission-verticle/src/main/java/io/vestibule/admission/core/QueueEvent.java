package io.vestibule.admission.core;

import io.vestibule.contract.admission.AdmissionCommand;
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

  /** Every socket of a gateway that has a place in this queue; sockets are the ground truth. */
  record Reported(String gateway, List<SocketReport.Socket> sockets) implements QueueEvent {}

  /** These gateways are alive; what was held by any other is gone. */
  record Alive(Set<String> gateways) implements QueueEvent {}

  /** Which gateways offer how much now, all together: 0 for no limit. Draining ones do not count. */
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

  /** An operator changes the size; -1 leaves a figure as it is, 0 is no limit. */
  record Resized(int capacity, int admissionsPerSecond) implements QueueEvent {}

  /** An operator stops admissions, or lets them go on. */
  record Paused(boolean paused) implements QueueEvent {}

  /** An operator ends sessions: all of a user, or one; the other is null. */
  record Revoked(String user, String sessionId) implements QueueEvent {}
}
