package io.vestibule.contract.admission;

import io.vestibule.contract.bus.WireReader;
import io.vestibule.contract.bus.WireWriter;
import java.util.Objects;

/**
 * What a gateway asks of the coordinator of a queue. Each may come twice, late, and after the coordinator has changed: all of them name the state they mean, and
 * one that is already so is answered as if it had just been done.
 */
public sealed interface AdmissionCommand {

  /** The queue it concerns. */
  String queue();

  /**
   * Somebody wants in: finds the user's place in the queue or makes one, and adds a session to it.
   *
   * @param attempt chosen by the gateway for this call, so that a retry of it makes no second session
   * @param holder the socket, or a place at HTTP
   * @param userClass the priority class of the token, or null
   * @param maxConnections live connections the token permits its user, or -1 for the configured number
   * @param device what the client calls its device
   * @param state what the session remembers from its first moment, stored with the place: nobody has a place without what its token said. Null for nothing
   */
  record Join(String queue, String user, String attempt, Holder holder, String userClass, int maxConnections, String device, String state)
      implements AdmissionCommand {
    public Join {
      Objects.requireNonNull(queue);
      Objects.requireNonNull(user);
      Objects.requireNonNull(attempt);
      Objects.requireNonNull(holder);
      Objects.requireNonNull(device);
    }
  }

  /**
   * Somebody comes back with a token whose signature is good: takes the session over to another socket.
   *
   * @param claim what the token says
   */
  record Resume(String queue, String attempt, SessionClaim claim, Holder holder) implements AdmissionCommand {
    public Resume {
      Objects.requireNonNull(queue);
      Objects.requireNonNull(attempt);
      Objects.requireNonNull(claim);
      Objects.requireNonNull(holder);
    }
  }

  /** The client has shown that it read its last token: the one before is of no use any more. */
  record Confirm(String queue, SessionRef session, long generation) implements AdmissionCommand {
    public Confirm {
      Objects.requireNonNull(queue);
      Objects.requireNonNull(session);
    }
  }

  /** The socket of a session is gone; of a socket that is not the session's any more it means nothing. */
  record Detach(String queue, SessionRef session, Holder holder) implements AdmissionCommand {
    public Detach {
      Objects.requireNonNull(queue);
      Objects.requireNonNull(session);
      Objects.requireNonNull(holder);
    }
  }

  /**
   * A waiter whose socket is there may not be admitted now, or may be again: its token ran out, or was refreshed.
   *
   * @param away whether it is to be passed over
   */
  record Away(String queue, SessionRef session, Holder holder, boolean away) implements AdmissionCommand {
    public Away {
      Objects.requireNonNull(queue);
      Objects.requireNonNull(session);
      Objects.requireNonNull(holder);
    }
  }

  /** The client leaves for good: session, slot and place in the line are given up at once. */
  record Leave(String queue, SessionRef session) implements AdmissionCommand {
    public Leave {
      Objects.requireNonNull(queue);
      Objects.requireNonNull(session);
    }
  }

  /**
   * What the session is to remember (subscriptions, attributes), whole. From a socket that is not the session's any more it means nothing.
   *
   * @param holder the socket it comes from
   * @param version rises with each save of a session; an older one is ignored
   */
  record Save(String queue, SessionRef session, Holder holder, long version, String state) implements AdmissionCommand {
    public Save {
      Objects.requireNonNull(queue);
      Objects.requireNonNull(session);
      Objects.requireNonNull(holder);
      Objects.requireNonNull(state);
    }
  }

  /** Somebody who waits over HTTP asks how it stands, and shows that it is still there. */
  record Poll(String queue, SessionClaim claim) implements AdmissionCommand {
    public Poll {
      Objects.requireNonNull(queue);
      Objects.requireNonNull(claim);
    }
  }

  /**
   * Where a session lives: a socket of a gateway, or nothing but a promise to ask again.
   *
   * @param gateway the node id
   * @param connection the connection's id; null for somebody who waits over HTTP
   */
  record Holder(String gateway, String connection) {
    public Holder {
      Objects.requireNonNull(gateway);
    }

    /** Whether this is a socket. */
    public boolean isSocket() {
      return connection != null;
    }

    public void write(WireWriter out) {
      out.putString(gateway).putString(connection);
    }

    public static Holder read(WireReader in) {
      return new Holder(in.getString(), in.getString());
    }
  }

  /** Writes any command. */
  static void write(WireWriter out, AdmissionCommand command) {
    out.putByte(kindOf(command)).putString(command.queue());
    if (command instanceof Join c) {
      c.holder.write(out.putString(c.user).putString(c.attempt));
      out.putString(c.userClass).putInt(c.maxConnections).putString(c.device).putString(c.state);
    } else if (command instanceof Resume c) {
      c.claim.write(out.putString(c.attempt));
      c.holder.write(out);
    } else if (command instanceof Confirm c) {
      c.session.write(out);
      out.putLong(c.generation);
    } else if (command instanceof Detach c) {
      c.session.write(out);
      c.holder.write(out);
    } else if (command instanceof Away c) {
      c.session.write(out);
      c.holder.write(out);
      out.putBoolean(c.away);
    } else if (command instanceof Leave c) {
      c.session.write(out);
    } else if (command instanceof Save c) {
      c.session.write(out);
      c.holder.write(out);
      out.putLong(c.version).putString(c.state);
    } else if (command instanceof Poll c) {
      c.claim.write(out);
    }
  }

  private static int kindOf(AdmissionCommand command) {
    return command instanceof Join ? 1
        : command instanceof Resume ? 2
        : command instanceof Confirm ? 3
        : command instanceof Detach ? 4
        : command instanceof Away ? 5
        : command instanceof Leave ? 6
        : command instanceof Save ? 7
        : 8;
  }

  /** Reads any command. */
  static AdmissionCommand read(WireReader in) {
    byte kind = in.getByte();
    String queue = in.getString();
    return switch (kind) {
      case 1 -> {
        String user = in.getString();
        String attempt = in.getString();
        Holder holder = Holder.read(in);
        yield new Join(queue, user, attempt, holder, in.getString(), in.getInt(), in.getString(), in.getString());
      }
      case 2 -> new Resume(queue, in.getString(), SessionClaim.read(in), Holder.read(in));
      case 3 -> new Confirm(queue, SessionRef.read(in), in.getLong());
      case 4 -> new Detach(queue, SessionRef.read(in), Holder.read(in));
      case 5 -> new Away(queue, SessionRef.read(in), Holder.read(in), in.getBoolean());
      case 6 -> new Leave(queue, SessionRef.read(in));
      case 7 -> new Save(queue, SessionRef.read(in), Holder.read(in), in.getLong(), in.getString());
      case 8 -> new Poll(queue, SessionClaim.read(in));
      default -> throw new IllegalArgumentException("unknown admission command " + kind);
    };
  }
}
