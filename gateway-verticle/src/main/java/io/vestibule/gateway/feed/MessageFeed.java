package io.vestibule.gateway.feed;

import io.vertx.core.http.HttpServerRequest;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.admission.ResumeTokens;
import io.vestibule.gateway.frame.ServerFrame;
import io.vestibule.gateway.metrics.FeedMeters;
import io.vestibule.gateway.session.Authentication;
import io.vestibule.gateway.session.Connection;
import io.vestibule.gateway.session.ConnectionLoop;
import io.vestibule.gateway.session.Conversations;
import io.vestibule.gateway.transport.Credentials;
import io.vestibule.gateway.transport.Opening;
import io.vestibule.gateway.transport.Transport;
import io.vestibule.gateway.transport.TransportListener;

/** {@code /messages/subscribe} of an event loop: somebody comes with a token and hears his conversations. */
public final class MessageFeed implements Opening.Kind {
  private static final int LONGEST_DEVICE = 256;

  private final ConnectionLoop connections;
  private final Authentication authentication;
  private final Conversations conversations;
  private final FeedMeters.Feed meters;
  private final MessageDialect.Shared shared;

  /**
   * The feed of an event loop.
   *
   * @param meters the node's
   * @param maxDepth how deeply a frame may be nested
   */
  public MessageFeed(ConnectionLoop connections, Authentication authentication, Conversations conversations, FeedMeters.Feed meters, int maxDepth) {
    this.connections = connections;
    this.authentication = authentication;
    this.conversations = conversations;
    this.meters = meters;
    this.shared = new MessageDialect.Shared(new Translations(MessageFrames::ofTopic), new MessageReader(maxDepth), conversations, meters);
  }

  /** Whether a topic is a conversation. */
  public static boolean isConversation(String topic) {
    return MessageFrames.isConversation(topic);
  }

  @Override
  public Opening of(HttpServerRequest request) {
    String device = request.getParam("device");
    if (device != null && device.length() > LONGEST_DEVICE) {
      throw Failure.ofField(ErrorReason.INVALID_VALUE, "device", "The parameter 'device' is longer than " + LONGEST_DEVICE + " characters.");
    }
    meters.enter(0);
    return new Visitor(Credentials.token(request), request.getParam("queue"), device);
  }

  /** Somebody who may come in, if his token is good. */
  private final class Visitor implements Opening {
    private final String token;
    private final String queue;
    private final String device;

    Visitor(String token, String queue, String device) {
      this.token = token;
      this.queue = queue;
      this.device = device;
    }

    @Override
    public TransportListener opened(Transport transport, String address) {
      meters.opened();
      MessageDialect dialect = new MessageDialect(shared);
      Connection connection = connections.open(transport, address, dialect);
      dialect.speaksFor(connection);
      return connection;
    }

    @Override
    public void reading(TransportListener listener) {
      Connection connection = (Connection) listener;
      if (token == null) {
        conversations.refuse(connection, new ServerFrame.AuthError(null, Failure.of(ErrorReason.TOKEN_MISSING)));
      } else if (ResumeTokens.isOne(token)) {
        authentication.resume(connection, token);
      } else {
        authentication.authenticate(connection, token, queue, device);
      }
    }

    @Override
    public void failed() {
      meters.left();
    }
  }
}
