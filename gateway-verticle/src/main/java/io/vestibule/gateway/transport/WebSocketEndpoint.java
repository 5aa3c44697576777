package io.vestibule.gateway.transport;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.internal.ContextInternal;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.limit.ClientAddress;
import java.util.Optional;

/** The core dialect's WebSocket endpoint of one event loop: from the upgrade request to an open connection. */
public final class WebSocketEndpoint {
  private static final String WEBSOCKET = "websocket";

  private final Door door;
  private final ContextInternal context;
  private final FlushQueue flushes;
  private final ClientAddress addresses;
  private final int maxMessage;
  private final Refusal refusal;

  /** Says no to a request before it becomes a socket. */
  public interface Refusal {
    void refuse(HttpServerRequest request, Failure failure);
  }

  /**
   * An endpoint.
   *
   * @param context the event loop's, on which connections are called
   * @param maxMessage bytes of a message in all its frames
   */
  public WebSocketEndpoint(Door door, ContextInternal context, FlushQueue flushes, ClientAddress addresses, int maxMessage, Refusal refusal) {
    this.door = door;
    this.context = context;
    this.flushes = flushes;
    this.addresses = addresses;
    this.maxMessage = maxMessage;
    this.refusal = refusal;
  }

  /** Whether a request asks for a WebSocket (RFC 6455, section 4.1). */
  public static boolean isUpgrade(HttpServerRequest request) {
    return request.version() == HttpVersion.HTTP_1_1 && request.headers().contains(HttpHeaders.UPGRADE, WEBSOCKET, true);
  }

  /** A length of 0 is none: the client in JDK 17 sends it with every upgrade. */
  private static boolean announcesBody(HttpServerRequest request) {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    return length != null && !length.equals("0") || request.headers().contains(HttpHeaders.TRANSFER_ENCODING);
  }

  /** Makes a connection of the request; its origin was checked before. */
  public void accept(HttpServerRequest request) {
    if (announcesBody(request)) {
      // The handshake would wait for a body that may never come, and nothing would end the wait.
      refusal.refuse(request, Failure.of(ErrorReason.INVALID_VALUE, "An upgrade to a WebSocket has no body."));
      return;
    }
    String address = addresses.of(request.remoteAddress().hostAddress(), request.headers().getAll("X-Forwarded-For"));
    String token = Credentials.token(request);
    Optional<Failure> refused = door.mayEnter(address);
    if (refused.isPresent()) {
      refusal.refuse(request, refused.get());
    } else {
      request.toWebSocket().onComplete((socket, failed) -> {
        if (failed == null) {
          open(socket, address, token);
        } else {
          door.notOpened(address);
        }
      });
    }
  }

  private void open(ServerWebSocket socket, String address, String token) {
    if (!WebSocketTransport.isOpen(socket)) {
      door.notOpened(address);
      return;
    }
    WebSocketTransport transport = WebSocketTransport.of(socket, context, flushes, maxMessage);
    TransportListener connection = door.opened(transport, address);
    transport.start(connection);
    door.reading(connection, token);
  }
}
