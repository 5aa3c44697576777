package io.vestibule.contract.admission;

import io.vestibule.contract.admission.AdmissionAnswer.Admitted;
import io.vestibule.contract.admission.AdmissionAnswer.Standing;
import io.vestibule.contract.admission.AdmissionAnswer.Waiting;
import io.vestibule.contract.bus.WireReader;
import io.vestibule.contract.bus.WireWriter;
import java.util.Objects;

/** What a coordinator tells a gateway of one of its connections, without being asked. Each may come twice. */
public sealed interface AdmissionNotice {

  /** The queue it concerns. */
  String queue();

  /** The connection it concerns. */
  String connection();

  /** The waiter has a slot now: it is promoted on its socket. */
  record Promoted(String queue, String connection, Admitted admitted) implements AdmissionNotice {
    public Promoted {
      Objects.requireNonNull(queue);
      Objects.requireNonNull(connection);
      Objects.requireNonNull(admitted);
    }
  }

  /** The waiter's position moved, or its time to be told has come. */
  record Moved(String queue, String connection, Standing standing) implements AdmissionNotice {
    public Moved {
      Objects.requireNonNull(queue);
      Objects.requireNonNull(connection);
      Objects.requireNonNull(standing);
    }
  }

  /** Somebody who was admitted waits again, because what admitted it was lost; or the connection has another place than it knows. */
  record Requeued(String queue, String connection, Waiting waiting) implements AdmissionNotice {
    public Requeued {
      Objects.requireNonNull(queue);
      Objects.requireNonNull(connection);
      Objects.requireNonNull(waiting);
    }
  }

  /** The connection has no session any more and is to be closed. */
  record Ended(String queue, String connection, End end) implements AdmissionNotice {
    public Ended {
      Objects.requireNonNull(queue);
      Objects.requireNonNull(connection);
      Objects.requireNonNull(end);
    }
  }

  /**
   * Nobody comes back to a connection that has dropped.
   *
   * @param goesOn whether its user is there with another connection, to which the session or its room went; else the session has ended
   */
  record Unawaited(String queue, String connection, boolean goesOn) implements AdmissionNotice {
    public Unawaited {
      Objects.requireNonNull(queue);
      Objects.requireNonNull(connection);
    }
  }

  /** Why a session ended under its connection; the number on the wire is the ordinal. */
  enum End {
    /** A newer connection of the same user took its room (4509). */
    REPLACED,
    /** Another connection went on with the session (4510). */
    TAKEN_OVER,
    /** An operator revoked it (4512). */
    REVOKED,
    /** The person left, on another socket or over HTTP (1000). */
    LEFT,
    /** A waiter's token had expired, and its time to bring another is over (4502). */
    EXPIRED,
    /** Nobody knows the session any more (4410). */
    LOST
  }

  /** Writes any notice. */
  static void write(WireWriter out, AdmissionNotice notice) {
    if (notice instanceof Promoted n) {
      AdmissionAnswer.write(out.putByte(1).putString(n.queue).putString(n.connection), n.admitted);
    } else if (notice instanceof Moved n) {
      n.standing.write(out.putByte(2).putString(n.queue).putString(n.connection));
    } else if (notice instanceof Requeued n) {
      AdmissionAnswer.write(out.putByte(3).putString(n.queue).putString(n.connection), n.waiting);
    } else if (notice instanceof Ended n) {
      out.putByte(4).putString(n.queue).putString(n.connection).putByte(n.end.ordinal());
    } else if (notice instanceof Unawaited n) {
      out.putByte(5).putString(n.queue).putString(n.connection).putBoolean(n.goesOn);
    }
  }

  /** Reads any notice. */
  static AdmissionNotice read(WireReader in) {
    byte kind = in.getByte();
    String queue = in.getString();
    String connection = in.getString();
    return switch (kind) {
      case 1 -> new Promoted(queue, connection, (Admitted) AdmissionAnswer.read(in));
      case 2 -> new Moved(queue, connection, Standing.read(in));
      case 3 -> new Requeued(queue, connection, (Waiting) AdmissionAnswer.read(in));
      case 4 -> new Ended(queue, connection, End.values()[in.getByte()]);
      case 5 -> new Unawaited(queue, connection, in.getBoolean());
      default -> throw new IllegalArgumentException("unknown admission notice " + kind);
    };
  }
}
