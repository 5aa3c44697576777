package io.vestibule.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.JsonObject;
import java.lang.ref.Reference;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A client of the event-bus bridge that speaks its protocol on the raw socket. */
final class BridgeClient implements AutoCloseable {
  private static final long PATIENCE_S = 60;

  final LinkedBlockingQueue<JsonObject> frames = new LinkedBlockingQueue<>();
  final WebSocket socket;
  volatile boolean closed;
  /** A client that is collected closes its sockets. */
  private final WebSocketClient client;

  private BridgeClient(WebSocketClient client, WebSocket socket) {
    this.client = client;
    this.socket = socket;
    socket.textMessageHandler(text -> frames.add(new JsonObject(text)));
    socket.closeHandler(v -> closed = true);
  }

  /** Opens a socket with this token and, where the query has more, that. */
  static BridgeClient open(GatewayFixture gateway, String query, Map<String, String> headers) {
    WebSocketConnectOptions options = new WebSocketConnectOptions().setHost("127.0.0.1").setPort(gateway.port()).setURI("/eventbus/websocket" + query);
    headers.forEach(options::addHeader);
    WebSocketClient client = gateway.vertx.createWebSocketClient();
    try {
      // Before anything else runs on the event loop of the socket, so that no frame is missed.
      return client.connect(options).map(socket -> new BridgeClient(client, socket)).toCompletionStage().toCompletableFuture().get(PATIENCE_S, TimeUnit.SECONDS);
    } catch (ExecutionException refused) {
      throw new Refused(refused.getCause());
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    } finally {
      Reference.reachabilityFence(client);
    }
  }

  static BridgeClient open(GatewayFixture gateway, String query) {
    return open(gateway, query, Map.of());
  }

  static BridgeClient of(GatewayFixture gateway, String user) {
    return open(gateway, "?token=" + gateway.token(user));
  }

  /** There was no socket. */
  static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Refused(Throwable cause) {
      super(cause);
    }

    int status() {
      return ((UpgradeRejectedException) getCause()).getStatus();
    }
  }

  BridgeClient send(String type, String address, Object body) {
    return send(new JsonObject().put("type", type).put("address", address).put("body", body));
  }

  BridgeClient send(JsonObject frame) {
    socket.writeTextMessage(frame.encode());
    return this;
  }

  JsonObject next() {
    try {
      JsonObject frame = frames.poll(PATIENCE_S, TimeUnit.SECONDS);
      assertThat(frame).as("a frame").isNotNull();
      return frame;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** What the client library hands to {@code onevent}. */
  JsonObject event(String type) {
    JsonObject frame = next();
    assertThat(frame.getString("type")).as("%s", frame).isEqualTo(type);
    assertThat(frame.getString("event")).isEqualTo(type);
    assertThat(frame.getJsonObject("message").getString("type")).isEqualTo(type);
    return frame.getJsonObject("message");
  }

  void refused(String why) {
    assertThat(next()).isEqualTo(new JsonObject().put("type", "err").put("body", why));
  }

  /** Everything before has been handled when this is answered. */
  void fence() {
    send("send", "nowhere", 0);
    refused("rejected");
  }

  /** Waits until the server has closed it, with this code. */
  void closedWith(int code) {
    GatewayFixture.until("the socket is closed", () -> closed);
    assertThat(socket.closeStatusCode()).isEqualTo((short) code);
  }

  @Override
  public void close() {
    try {
      socket.close().toCompletionStage().toCompletableFuture().get(PATIENCE_S, TimeUnit.SECONDS);
    } catch (ExecutionException closedAlready) {
      // All the better.
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }
}
