package io.vestibule.gateway.session;

import io.vestibule.gateway.presence.core.LoopWatches;
import io.vestibule.gateway.topic.Permissions;
import io.vestibule.gateway.topic.SlowConsumerPolicy;
import io.vestibule.gateway.transport.OutboundFrame;

/** The way of presence to the sockets of an event loop. */
final class PresenceOutlet implements LoopWatches.Outlet<Connection, OutboundFrame> {
  private final Permissions permissions;

  PresenceOutlet(Permissions permissions) {
    this.permissions = permissions;
  }

  @Override
  public boolean offer(Connection connection, String topic, OutboundFrame frame) {
    try {
      return connection.offer(frame, permissions.rules().ruleFor(topic).slowConsumer());
    } catch (RuntimeException e) {
      // Those who come after it are owed the news all the same.
      connection.fail(e);
      return false;
    }
  }

  @Override
  public void hint(Connection connection, OutboundFrame frame) {
    try {
      connection.offer(frame, SlowConsumerPolicy.DROP);
    } catch (RuntimeException e) {
      connection.fail(e);
    }
  }

  @Override
  public boolean hasRoom(Connection connection) {
    return connection.hasRoom();
  }
}
