package io.vestibule.gateway.session;

import io.vertx.core.json.JsonObject;
import io.vestibule.contract.error.CloseReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.contract.message.GatewayCommand;
import io.vestibule.contract.message.GatewayCommand.Target;
import io.vestibule.gateway.frame.ServerFrame;
import io.vestibule.gateway.session.ConnectionState.Authenticated;
import io.vestibule.gateway.session.ConnectionState.Live;
import io.vestibule.gateway.topic.TopicPattern;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

/** Does what the server API asks of connections, on their event loop only. A command that comes again changes nothing more. */
public final class LoopCommands {
  private final ConnectionLoop connections;
  private final Subscriptions subscriptions;
  private final Guests guests;
  private final SessionKeeper keeper;

  public LoopCommands(ConnectionLoop connections, Subscriptions subscriptions, Guests guests, SessionKeeper keeper) {
    this.connections = connections;
    this.subscriptions = subscriptions;
    this.guests = guests;
    this.keeper = keeper;
  }

  /**
   * Executes a command.
   *
   * @return how many connections were closed, are subscribed now, were subscribed until now, or hold a session that has the attributes now
   * @throws Failure where a topic is malformed, or {@code SESSION_TOO_LARGE} where a session would remember more than permitted and so is as it was
   */
  public int execute(GatewayCommand.OfConnections command) {
    if (command instanceof GatewayCommand.Disconnect disconnect) {
      return disconnect(disconnect);
    }
    if (command instanceof GatewayCommand.Subscribe subscribe) {
      TopicPattern pattern = TopicPattern.parse(subscribe.topic());
      return count(command.target(), connection -> subscribe(connection, pattern));
    }
    if (command instanceof GatewayCommand.SetAttributes set) {
      return setAttributes(set);
    }
    TopicPattern pattern = TopicPattern.parse(((GatewayCommand.Unsubscribe) command).topic());
    return count(command.target(), connection -> unsubscribe(connection, pattern));
  }

  private int disconnect(GatewayCommand.Disconnect command) {
    String message = command.message() == null ? CloseReason.DISCONNECTED.text() : command.message();
    return count(command.target(), connection -> {
      connection.close(CloseReason.DISCONNECTED, message);
      return true;
    });
  }

  /** Whoever has not authenticated may not be subscribed to anything, not even by a server. */
  private boolean subscribe(Connection connection, TopicPattern pattern) {
    if (!(connection.state() instanceof Authenticated)) {
      return false;
    }
    if (!connection.holds(pattern)) {
      try {
        subscriptions.subscribeForServer(connection, pattern);
      } catch (Failure sessionTooLarge) {
        return false;
      }
      subscriptions.begin(connection, pattern, null, new Told(connection, pattern.text(), false));
    }
    return true;
  }

  private boolean unsubscribe(Connection connection, TopicPattern pattern) {
    boolean was = guests.withdraw(connection, pattern) || subscriptions.removeForServer(connection, pattern);
    if (was) {
      connection.send(new ServerFrame.Unsubscribed(null, pattern.text()));
    }
    return was;
  }

  /** One session that has no room keeps no other from getting them. */
  private int setAttributes(GatewayCommand.SetAttributes command) {
    JsonObject attributes = new JsonObject(command.attributes());
    var refused = new AtomicReference<Failure>();
    int touched = count(command.target(), connection -> {
      try {
        return keeper.setAttributes(connection, attributes);
      } catch (Failure tooLarge) {
        refused.set(tooLarge);
        return false;
      }
    });
    if (refused.get() != null) {
      throw refused.get();
    }
    return touched;
  }

  private int count(Target target, Predicate<Connection> action) {
    int touched = 0;
    // A copy, because closing takes a connection from the list.
    for (Connection connection : List.copyOf(meant(target))) {
      if (connection.state() instanceof Live && action.test(connection)) {
        touched++;
      }
    }
    return touched;
  }

  private List<Connection> meant(Target target) {
    if (target.userId() != null) {
      return connections.ofUser(target.userId());
    }
    if (target.sessionId() != null) {
      return connections.ofSession(target.sessionId());
    }
    Connection connection = connections.ofId(target.connectionId());
    return connection == null ? List.of() : List.of(connection);
  }
}
