package io.vestibule.gateway.transport;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.internal.ContextInternal;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.GatewayConfig;
import io.vestibule.gateway.limit.ClientAddress;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;

/** The WebSocket endpoint of one event loop, of the core dialect and of others: from the upgrade request to an open connection. */
public final class WebSocketEndpoint {
  private static final String WEBSOCKET = "websocket";
  private static final String VERSION = "13";
  private static final int KEY_BYTES = 16;
  private static final int KEY_LENGTH = 24;

  private final Door door;
  private final ContextInternal context;
  private final FlushQueue flushes;
  private final ClientAddress addresses;
  private final BoundedFrameDecoder.Bounds bounds;
  private final Refusal refusal;

  /** Says no to a request before it becomes a socket. */
  public interface Refusal {
    void refuse(HttpServerRequest request, Failure failure);
  }

  /**
   * An endpoint.
   *
   * @param context the event loop's, on which connections are called
   * @param config bounds of frames and messages
   */
  public WebSocketEndpoint(
      Door door, ContextInternal context, FlushQueue flushes, ClientAddress addresses, GatewayConfig.WebSocket config, Refusal refusal) {
    this.door = door;
    this.context = context;
    this.flushes = flushes;
    this.addresses = addresses;
    this.bounds = new BoundedFrameDecoder.Bounds((int) config.maxFrame(), (int) config.maxMessage());
    this.refusal = refusal;
  }

  /** Whether a request asks for a WebSocket (RFC 6455, section 4.1). */
  public static boolean isUpgrade(HttpServerRequest request) {
    return request.version() == HttpVersion.HTTP_1_1 && request.headers().contains(HttpHeaders.UPGRADE, WEBSOCKET, true);
  }

  /** What is wrong with an upgrade (RFC 6455, section 4.2.1). Found out here, it is a problem like any other; the server's own answer would be a bare status. */
  static Optional<Failure> faultOf(HttpServerRequest request) {
    if (request.method() != HttpMethod.GET) {
      return Optional.of(Failure.of(ErrorReason.UPGRADE_REQUIRED, "An upgrade to a WebSocket is a GET."));
    }
    if (RequestGuard.announcesBody(request)) {
      // The handshake would wait for a body that may never come, and nothing would end the wait.
      return Optional.of(Failure.of(ErrorReason.INVALID_VALUE, "An upgrade to a WebSocket has no body."));
    }
    String connection = request.getHeader(HttpHeaders.CONNECTION);
    if (connection == null || !connection.toLowerCase(Locale.ROOT).contains("upgrade")) {
      return Optional.of(Failure.of(ErrorReason.UPGRADE_REQUIRED, "Connection: Upgrade is missing."));
    }
    if (!VERSION.equals(request.getHeader("Sec-WebSocket-Version"))) {
      return Optional.of(Failure.of(ErrorReason.UPGRADE_REQUIRED, "Sec-WebSocket-Version has to be 13."));
    }
    if (!hasReadableQuery(request)) {
      return Optional.of(Failure.of(ErrorReason.INVALID_VALUE, "The query is not percent-encoded as it should be."));
    }
    String key = request.getHeader("Sec-WebSocket-Key");
    if (key == null || key.isBlank()) {
      return Optional.of(Failure.of(ErrorReason.INVALID_VALUE, "Sec-WebSocket-Key is missing."));
    }
    boolean one = request.headers().getAll("Sec-WebSocket-Key").size() == 1 && isKey(key.strip());
    return one ? Optional.empty() : Optional.of(Failure.of(ErrorReason.INVALID_VALUE, "Sec-WebSocket-Key has to be 16 bytes in Base64."));
  }

  private static boolean hasReadableQuery(HttpServerRequest request) {
    try {
      request.params();
      return true;
    } catch (IllegalArgumentException malformed) {
      return false;
    }
  }

  /** The last digit may have bits that say nothing, which strict decoders of Base64 refuse and RFC 6455 does not. */
  private static boolean isKey(String key) {
    try {
      return key.length() == KEY_LENGTH && Base64.getDecoder().decode(key).length == KEY_BYTES;
    } catch (IllegalArgumentException noBase64) {
      return false;
    }
  }

  /**
   * Makes a connection of the core dialect of the request; its origin was checked before.
   *
   * @param upgraded run when the request's connection serves no requests any more
   */
  public void accept(HttpServerRequest request, Runnable upgraded) {
    accept(request, this::core, upgraded);
  }

  /** What a socket of the core dialect brings with its request. */
  private Opening core(HttpServerRequest request) {
    String token = Credentials.token(request);
    String queue = request.getParam("queue");
    return new Opening() {
      @Override
      public TransportListener opened(Transport transport, String address) {
        return door.opened(transport, address);
      }

      @Override
      public void reading(TransportListener connection) {
        door.reading(connection, token, queue);
      }
    };
  }

  /**
   * The same with what the sockets of its path become.
   *
   * @param kind is asked when nothing is wrong with the request as such, and its attempt was counted
   */
  public void accept(HttpServerRequest request, Opening.Kind kind, Runnable upgraded) {
    Optional<Failure> fault = faultOf(request);
    if (fault.isPresent()) {
      refusal.refuse(request, fault.get());
      return;
    }
    String address = addresses.of(request.remoteAddress().hostAddress(), request.headers().getAll("X-Forwarded-For"));
    Optional<Failure> refused = door.mayTry(request, address);
    if (refused.isPresent()) {
      refusal.refuse(request, refused.get());
      return;
    }
    try {
      enter(request, address, kind.of(request), upgraded);
    } catch (Failure failure) {
      refusal.refuse(request, failure);
    }
  }

  private void enter(HttpServerRequest request, String address, Opening opening, Runnable upgraded) {
    Optional<Failure> refused = door.mayEnter(address);
    if (refused.isPresent()) {
      opening.failed();
      refusal.refuse(request, refused.get());
      return;
    }
    request.toWebSocket().onComplete((socket, failed) -> {
      if (failed == null) {
        upgraded.run();
        open(socket, address, opening);
      } else {
        opening.failed();
        door.notOpened(address);
      }
    });
  }

  private void open(ServerWebSocket socket, String address, Opening opening) {
    if (!WebSocketTransport.isOpen(socket)) {
      opening.failed();
      door.notOpened(address);
      return;
    }
    WebSocketTransport transport = WebSocketTransport.of(socket, context, flushes, bounds);
    TransportListener connection = opening.opened(transport, address);
    transport.start(connection);
    opening.reading(connection);
  }
}
