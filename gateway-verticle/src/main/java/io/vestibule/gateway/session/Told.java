package io.vestibule.gateway.session;

import io.vestibule.gateway.frame.ServerFrame;
import io.vestibule.gateway.log.Comeback;
import io.vestibule.gateway.log.Position;

/**
 * A client that is told of a subscription which it did not ask for just now; where the log cannot be read, later.
 *
 * @param auto whether it is that of the user's own topic
 */
record Told(Connection connection, String topic, boolean auto) implements Comeback.Answer {
  @Override
  public void begun(Position head, Boolean recovered) {
    connection.ownEpoch = auto && head != null ? head.epoch() : connection.ownEpoch;
    connection.send(new ServerFrame.Subscribed(null, topic, auto, head, recovered));
  }

  @Override
  public boolean waits() {
    return true;
  }
}
