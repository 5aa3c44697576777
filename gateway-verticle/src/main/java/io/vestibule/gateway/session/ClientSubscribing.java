package io.vestibule.gateway.session;

import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.frame.ClientFrame;
import io.vestibule.gateway.frame.ServerFrame;
import io.vestibule.gateway.log.Comeback;
import io.vestibule.gateway.log.Position;
import io.vestibule.gateway.topic.Principal;
import io.vestibule.gateway.topic.TopicPattern;

/** What clients subscribe to, and end. On a durable topic a subscription stands when it is known where it begins. */
final class ClientSubscribing {
  private static final long RETRY_MS = 1_000;

  private final Subscriptions subscriptions;

  ClientSubscribing(Subscriptions subscriptions) {
    this.subscriptions = subscriptions;
  }

  void subscribe(Connection connection, Principal principal, ClientFrame.Subscribe frame) {
    try {
      TopicPattern pattern = TopicPattern.parse(frame.topic());
      if (frame.recover() != null && !pattern.isLiteral()) {
        throw Failure.ofField(ErrorReason.NOT_IMPLEMENTED, "recover", "This server does not offer 'recover' of a pattern yet.");
      }
      boolean hears = subscriptions.hears(connection, pattern);
      boolean begins = subscriptions.subscribe(connection, principal, pattern, frame.presence());
      subscriptions.begin(connection, pattern, frame.recover(), new Asked(connection, pattern, frame, begins, hears));
    } catch (Failure failure) {
      connection.error(frame.id(), failure, frame.topic(), null);
    }
  }

  /** A client that waits for its {@code subscribed}. */
  private final class Asked implements Comeback.Answer {
    private final Connection connection;
    private final TopicPattern pattern;
    private final ClientFrame.Subscribe frame;
    private final boolean begins;
    private final boolean hears;

    Asked(Connection connection, TopicPattern pattern, ClientFrame.Subscribe frame, boolean begins, boolean hears) {
      this.connection = connection;
      this.pattern = pattern;
      this.frame = frame;
      this.begins = begins;
      this.hears = hears;
    }

    @Override
    public void begun(Position head, Boolean recovered) {
      connection.send(new ServerFrame.Subscribed(frame.id(), frame.topic(), false, head, recovered));
      if (frame.presence()) {
        subscriptions.watch(connection, pattern);
      }
    }

    @Override
    public boolean isAgain() {
      return hears;
    }

    @Override
    public boolean waits() {
      return false;
    }

    @Override
    public void failed() {
      if (begins) {
        subscriptions.removeForServer(connection, pattern);
      }
      connection.error(frame.id(), Failure.of(ErrorReason.STORE_UNAVAILABLE).retryAfter(RETRY_MS), frame.topic(), null);
    }

    @Override
    public void ended() {
      connection.error(frame.id(), Failure.of(ErrorReason.NOT_SUBSCRIBED, "The subscription was ended before it had begun."), frame.topic(), null);
    }
  }

  void unsubscribe(Connection connection, ClientFrame.Unsubscribe frame) {
    try {
      subscriptions.unsubscribe(connection, frame.topic());
      connection.send(new ServerFrame.Unsubscribed(frame.id(), frame.topic()));
    } catch (Failure failure) {
      connection.error(frame.id(), failure, frame.topic(), null);
    }
  }
}
