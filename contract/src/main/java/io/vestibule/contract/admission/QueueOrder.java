package io.vestibule.contract.admission;

import io.vestibule.contract.bus.RecordCodec;
import io.vestibule.contract.bus.WireReader;
import io.vestibule.contract.bus.WireWriter;
import java.util.Objects;

/** What an operator asks of a coordinator node. Each may come twice without harm. */
public sealed interface QueueOrder {
  RecordCodec<QueueOrder> CODEC = RecordCodec.of("vestibule.admission.order.v1", QueueOrder::write, QueueOrder::read);

  /** How are the queues that this node leads? */
  record Status() implements QueueOrder {}

  /**
   * Changes the size of a queue while it runs; kept until it is changed again.
   *
   * @param capacity slots, 0 for no limit; -1 leaves it
   * @param admissionsPerSecond the inflow limit, 0 for none; -1 leaves it
   */
  record Capacity(String queue, int capacity, int admissionsPerSecond) implements QueueOrder {
    public Capacity {
      Objects.requireNonNull(queue);
    }
  }

  /** Nobody is admitted to the queue until further notice, or is again; those who join wait. */
  record Pause(String queue, boolean paused) implements QueueOrder {
    public Pause {
      Objects.requireNonNull(queue);
    }
  }

  /**
   * Ends sessions and places for good, in all queues that this node leads.
   *
   * @param user everything of this user, or null
   * @param sessionId this session alone, or null
   */
  record Revoke(String user, String sessionId) implements QueueOrder {
    public Revoke {
      if ((user == null) == (sessionId == null)) {
        throw new IllegalArgumentException("a user or a session is revoked");
      }
    }
  }

  private static void write(WireWriter out, QueueOrder order) {
    if (order instanceof Status) {
      out.putByte(1);
    } else if (order instanceof Capacity o) {
      out.putByte(2).putString(o.queue).putInt(o.capacity).putInt(o.admissionsPerSecond);
    } else if (order instanceof Pause o) {
      out.putByte(3).putString(o.queue).putBoolean(o.paused);
    } else if (order instanceof Revoke o) {
      out.putByte(4).putString(o.user).putString(o.sessionId);
    }
  }

  private static QueueOrder read(WireReader in) {
    byte kind = in.getByte();
    return switch (kind) {
      case 1 -> new Status();
      case 2 -> new Capacity(in.getString(), in.getInt(), in.getInt());
      case 3 -> new Pause(in.getString(), in.getBoolean());
      case 4 -> new Revoke(in.getString(), in.getString());
      default -> throw new IllegalArgumentException("unknown queue order " + kind);
    };
  }
}
