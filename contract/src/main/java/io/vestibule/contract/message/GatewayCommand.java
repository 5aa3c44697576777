package io.vestibule.contract.message;

import io.vestibule.contract.bus.RecordCodec;
import io.vestibule.contract.bus.WireReader;
import io.vestibule.contract.bus.WireWriter;
import java.util.Objects;
import java.util.stream.Stream;

/** What a gateway node is told to do. Each command may come twice without harm. */
public sealed interface GatewayCommand {
  RecordCodec<GatewayCommand> CODEC = RecordCodec.of("vestibule.gateway.command.v1", GatewayCommand::write, GatewayCommand::read);

  /** What concerns some of the connections that the node holds. */
  sealed interface OfConnections extends GatewayCommand {
    /** Whose connections. */
    Target target();
  }

  /**
   * Closes connections with {@code DISCONNECTED} (4511).
   *
   * @param target whose connections
   * @param message a word for the people behind them, or null
   */
  record Disconnect(Target target, String message) implements OfConnections {
    public Disconnect {
      Objects.requireNonNull(target);
    }
  }

  /**
   * Subscribes connections on behalf of the server; the topic rules were already checked against the server, not the user.
   *
   * @param target whose connections
   * @param topic a topic or a pattern
   */
  record Subscribe(Target target, String topic) implements OfConnections {
    public Subscribe {
      Objects.requireNonNull(target);
      Objects.requireNonNull(topic);
    }
  }

  /**
   * Ends a subscription of connections.
   *
   * @param target whose connections
   * @param topic the topic or pattern as it was subscribed
   */
  record Unsubscribe(Target target, String topic) implements OfConnections {
    public Unsubscribe {
      Objects.requireNonNull(target);
      Objects.requireNonNull(topic);
    }
  }

  /**
   * Takes no new sessions and sends those that are here elsewhere; the last order counts.
   *
   * @param withinMs when what is left is closed, in milliseconds from now
   * @param cluster whether all nodes are told so: nobody is sent elsewhere then, and who waits keeps its place
   */
  record Drain(long withinMs, boolean cluster) implements GatewayCommand {
    public Drain {
      if (withinMs < 0) {
        throw new IllegalArgumentException("a drain within " + withinMs + " ms");
      }
    }
  }

  /** Serves again. */
  record Undrain() implements GatewayCommand {}

  /**
   * Gives sessions attributes of the application's own, merged into those that they have.
   *
   * @param target whose connections
   * @param attributes a JSON object as text; a null member takes one away
   */
  record SetAttributes(Target target, String attributes) implements OfConnections {
    public SetAttributes {
      Objects.requireNonNull(target);
      Objects.requireNonNull(attributes);
    }
  }

  /**
   * Whose connections a command means. Exactly one of the three is set.
   *
   * @param userId every connection of this user, or null
   * @param connectionId this connection alone, or null
   * @param sessionId the connection that holds this session, or null
   */
  record Target(String userId, String connectionId, String sessionId) {
    public Target {
      if (Stream.of(userId, connectionId, sessionId).filter(Objects::nonNull).count() != 1) {
        throw new IllegalArgumentException("a target is a user, a connection or a session");
      }
    }

    /** A user or a connection. */
    public Target(String userId, String connectionId) {
      this(userId, connectionId, null);
    }
  }

  private static void write(WireWriter out, GatewayCommand command) {
    if (command instanceof Disconnect c) {
      target(out.putByte(1), c.target).putString(c.message);
    } else if (command instanceof Subscribe c) {
      target(out.putByte(2), c.target).putString(c.topic);
    } else if (command instanceof Unsubscribe c) {
      target(out.putByte(3), c.target).putString(c.topic);
    } else if (command instanceof Drain c) {
      out.putByte(5).putLong(c.withinMs).putBoolean(c.cluster);
    } else if (command instanceof Undrain) {
      out.putByte(6);
    } else if (command instanceof SetAttributes c) {
      out.putByte(4).putString(c.target.userId).putString(c.target.connectionId).putString(c.target.sessionId).putString(c.attributes);
    }
  }

  private static GatewayCommand read(WireReader in) {
    byte kind = in.getByte();
    return switch (kind) {
      case 1 -> new Disconnect(target(in), in.getString());
      case 2 -> new Subscribe(target(in), in.getString());
      case 3 -> new Unsubscribe(target(in), in.getString());
      case 4 -> new SetAttributes(new Target(in.getString(), in.getString(), in.getString()), in.getString());
      case 5 -> new Drain(in.getLong(), in.getBoolean());
      case 6 -> new Undrain();
      default -> throw new IllegalArgumentException("unknown gateway command " + kind);
    };
  }

  private static Target target(WireReader in) {
    return new Target(in.getString(), in.getString());
  }

  private static WireWriter target(WireWriter out, Target target) {
    if (target.sessionId != null) {
      throw new IllegalArgumentException("only attributes are given to a session by its name");
    }
    return out.putString(target.userId).putString(target.connectionId);
  }
}
