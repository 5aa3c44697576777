package io.vestibule.gateway.session;

import io.vestibule.contract.error.CloseReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.frame.ServerFrame;
import io.vestibule.gateway.log.Comeback;
import io.vestibule.gateway.session.ConnectionState.Anonymous;
import io.vestibule.gateway.session.ConnectionState.Guest;
import io.vestibule.gateway.topic.TopicPattern;
import io.vestibule.gateway.transport.Transport;
import java.util.List;

/** Those of an event loop whom nobody asks who they are. They do not stand in the line and hold no slot; all else holds for them as for everybody. */
public final class Guests {
  private final ConnectionLoop connections;
  private final Subscriptions subscriptions;

  public Guests(ConnectionLoop connections, Subscriptions subscriptions) {
    this.connections = connections;
    this.subscriptions = subscriptions;
  }

  /**
   * Demands that it can be told where these topics begin for somebody who comes now.
   *
   * @throws Failure {@code STORE_UNAVAILABLE}
   */
  public void requireBeginning(List<TopicPattern> topics) {
    topics.forEach(subscriptions::requireBeginning);
  }

  /** A socket of a guest was opened. */
  public Connection open(Transport transport, String remote, Dialect dialect) {
    Connection guest = connections.open(transport, remote, dialect);
    guest.transition(((Anonymous) guest.state()).toGuest());
    return guest;
  }

  /** Says the first word, and brings what comes of these topics, which were looked at before, from now on. */
  public void welcome(Connection guest, List<TopicPattern> topics) {
    guest.send(new ServerFrame.Connected(guest.id(), topics.stream().map(TopicPattern::text).toList()));
    for (TopicPattern topic : topics) {
      if (guest.state() instanceof Guest) {
        subscribe(guest, topic);
      }
    }
  }

  private void subscribe(Connection guest, TopicPattern topic) {
    try {
      subscriptions.subscribe(guest, Guest.NOBODY, topic, false);
      subscriptions.begin(guest, topic, null, Comeback.Answer.UNASKED);
    } catch (Failure forbidden) {
      guest.close(CloseReason.FORBIDDEN);
    }
  }
}
