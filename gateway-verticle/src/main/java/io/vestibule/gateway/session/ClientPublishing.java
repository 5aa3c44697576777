package io.vestibule.gateway.session;

import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.fanout.Publication;
import io.vestibule.gateway.fanout.Publisher;
import io.vestibule.gateway.frame.ClientFrame;
import io.vestibule.gateway.frame.ServerFrame;
import io.vestibule.gateway.topic.Permissions;
import io.vestibule.gateway.topic.Principal;
import io.vestibule.gateway.topic.TopicName;

/** Publishing by a client: permission, the topic's limits, the publisher, and the {@code ack} if the client asked for one; that somebody is about to, {@link ClientTyping}; and reading what was published, {@link ClientHistory}. */
public final class ClientPublishing {
  private final Publisher publisher;
  private final Permissions permissions;
  private final ClientTyping typing;
  private final ClientHistory history;

  public ClientPublishing(Publisher publisher, Permissions permissions, ClientTyping typing, ClientHistory history) {
    this.publisher = publisher;
    this.permissions = permissions;
    this.typing = typing;
    this.history = history;
  }

  void history(Connection connection, Principal principal, ClientFrame.ReadHistory frame) {
    history.read(connection, principal, frame);
  }

  void typing(Connection connection, Principal principal, ClientFrame.Typing frame) {
    typing.typing(connection, principal, frame);
  }

  void publish(Connection connection, Principal principal, ClientFrame.Message frame) {
    try {
      TopicName.requirePublishable(frame.topic());
      permissions.checkPublish(principal, frame.topic());
      permissions.checkPayload(frame.topic(), frame.data().length());
    } catch (Failure failure) {
      connection.error(frame.id(), failure, frame.topic(), frame.messageId());
      return;
    }
    publisher.publish(new Publication(frame.topic(), frame.data(), frame.eventType(), frame.metadata(), frame.messageId(),
        principal.userId(), frame.echo() ? null : connection.id()), null).onComplete((published, failed) -> {
          if (failed != null) {
            Failure failure = failed instanceof Failure known ? known : Failure.of(ErrorReason.INTERNAL);
            connection.error(frame.id(), failure, frame.topic(), frame.messageId());
          } else if (frame.id() != null) {
            connection.send(new ServerFrame.Ack(frame.id(), frame.topic(), frame.messageId(), published));
          }
        });
  }
}
