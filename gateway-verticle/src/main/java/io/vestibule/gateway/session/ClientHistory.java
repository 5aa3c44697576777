package io.vestibule.gateway.session;

import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.frame.ClientFrame;
import io.vestibule.gateway.frame.ServerFrame;
import io.vestibule.gateway.log.History;
import io.vestibule.gateway.topic.Permissions;
import io.vestibule.gateway.topic.Principal;
import io.vestibule.gateway.topic.TopicName;
import io.vestibule.gateway.topic.TopicPattern;

/** What clients ask with {@code history}: whoever may subscribe to a topic may read what is kept of it. */
public final class ClientHistory {
  private final History history;
  private final Permissions permissions;

  public ClientHistory(History history, Permissions permissions) {
    this.history = history;
    this.permissions = permissions;
  }

  void read(Connection connection, Principal principal, ClientFrame.ReadHistory frame) {
    String topic = frame.query().topic();
    try {
      TopicName.requirePublishable(topic);
      permissions.checkSubscribe(principal, TopicPattern.parse(topic));
      history.read(frame.query()).onComplete(
          page -> connection.send(new ServerFrame.History(frame.id(), topic, page)),
          failed -> connection.error(frame.id(), failed instanceof Failure failure ? failure : Failure.of(ErrorReason.INTERNAL), topic, null));
    } catch (Failure refused) {
      connection.error(frame.id(), refused, topic, null);
    }
  }
}
