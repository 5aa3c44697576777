package io.vestibule.gateway;

import static io.vestibule.gateway.RawSocket.CONTINUATION;
import static io.vestibule.gateway.RawSocket.FIN;
import static io.vestibule.gateway.RawSocket.PING;
import static io.vestibule.gateway.RawSocket.TEXT;
import static io.vestibule.gateway.RawSocket.frame;
import static io.vestibule.gateway.RawSocket.header;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever has not said who it is has a bound of its own, on every way in; whoever has may send what the configuration says. */
class StrangersIT {
  private static final int BOUND = 64 * 1024;
  private static final int LONG = 500_000;
  @AutoClose
  private static GatewayFixture gateway = GatewayFixture.start();

  /** A ping of so many bytes. */
  private static String ping(int bytes) {
    String empty = "{\"type\":\"ping\",\"pad\":\"\"}";
    return "{\"type\":\"ping\",\"pad\":\"" + "x".repeat(bytes - empty.length()) + "\"}";
  }

  private static RawSocket open(String path) {
    return RawSocket.connect(gateway.port()).upgrade(path);
  }

  private static void refused(String path, byte[] bytes) {
    try (RawSocket socket = open(path)) {
      socket.trySend(bytes);
      socket.expectClose(1009, "too_large");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/ws", "/sockjs/websocket"})
  void aStrangersMessageIsShort(String path) {
    try (RawSocket socket = open(path)) {
      socket.send(ping(BOUND));
      assertThat(socket.text().type()).isEqualTo("pong");
      // In fragments, with a control frame between that is no part of it, and more than once.
      for (int i = 0; i < 3; i++) {
        byte[] half = ping(BOUND).getBytes(StandardCharsets.UTF_8);
        socket.send(frame(TEXT, java.util.Arrays.copyOf(half, BOUND / 2)));
        socket.send(frame(FIN | PING, new byte[125]));
        socket.send(frame(FIN | CONTINUATION, java.util.Arrays.copyOfRange(half, BOUND / 2, BOUND)));
        assertThat(socket.next()).isInstanceOf(RawSocket.Pong.class);
        assertThat(socket.text().type()).isEqualTo("pong");
      }
    }
    refused(path, frame(FIN | TEXT, ping(BOUND + 1)));
    refused(path, FramingIT.concat(frame(TEXT, new byte[BOUND]), frame(CONTINUATION, new byte[1])));
    // What is still coming counts as soon as it is here: the rest of this frame is never sent.
    refused(path, FramingIT.concat(header(FIN | TEXT, true, LONG), new byte[4 + BOUND + 1]));
    refused(path, FramingIT.concat(frame(TEXT, new byte[BOUND / 2]), FramingIT.concat(header(CONTINUATION, true, LONG), new byte[4 + BOUND / 2 + 1])));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/ws", "/sockjs/websocket"})
  void whoeverIsKnownMaySendLongOnes(String path) {
    try (RawSocket socket = open(path)) {
      // Without waiting for the answer.
      socket.send(new JsonObject().put("type", "auth").put("token", gateway.token("ann")));
      socket.send(ping(LONG));
      byte[] fragmented = ping(LONG).getBytes(StandardCharsets.UTF_8);
      socket.send(frame(TEXT, java.util.Arrays.copyOf(fragmented, LONG / 2)));
      socket.send(frame(FIN | CONTINUATION, java.util.Arrays.copyOfRange(fragmented, LONG / 2, LONG)));
      socket.await("auth_success");
      socket.await("pong");
      socket.await("pong");
    }
  }

  private static String wrapped(String message) {
    return new JsonArray().add(message).encode();
  }

  private static String text(RawSocket socket) {
    return ((RawSocket.Text) socket.next()).text();
  }

  /** A session sends several messages in one frame, or each in its own. */
  private static void awaitText(RawSocket socket, String part) {
    while (!text(socket).contains(part)) {
      continue;
    }
  }

  @Test
  void theWebSocketOfASessionIsNoWayAround() {
    try (RawSocket socket = open("/sockjs/000/stranger/websocket")) {
      assertThat(text(socket)).isEqualTo("o");
      socket.send(wrapped(ping(1_000)));
      assertThat(text(socket)).startsWith("a[").contains("pong");
      socket.trySend(FramingIT.concat(header(FIN | TEXT, true, LONG), new byte[4 + BOUND + 1]));
      assertThat(text(socket)).startsWith("a[").contains("closing", "1009", "too_large");
      assertThat(text(socket)).startsWith("c[");
      assertThat(socket.next()).isInstanceOf(RawSocket.Goodbye.class);
      socket.expectEnd();
    }
    try (RawSocket socket = open("/sockjs/000/known/websocket")) {
      assertThat(text(socket)).isEqualTo("o");
      socket.send(wrapped(new JsonObject().put("type", "auth").put("token", gateway.token("ann")).encode()));
      awaitText(socket, "subscribed");
      socket.send(wrapped(ping(LONG)));
      awaitText(socket, "pong");
    }
  }

  @Test
  void anOldHandshakeIsNoWayAroundEither() {
    try (RawSocket socket = RawSocket.connect(gateway.port())) {
      socket.send("GET /sockjs/000/old/websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      String head = socket.readHead();
      assertThat(head).startsWith("HTTP/1.1 426");
      assertThat(new JsonObject(socket.readBody(head)).getString("reason")).isEqualTo("upgrade_required");
    }
  }

  private static String post(String path, String body) {
    try (RawSocket socket = RawSocket.connect(gateway.port())) {
      socket.trySend(("POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length() + "\r\n\r\n" + body).getBytes(StandardCharsets.US_ASCII));
      String head = socket.readHead();
      return head.startsWith("HTTP/1.1 204") ? "204" : head.lines().findFirst().orElse("") + socket.readBody(head);
    }
  }

  @Test
  void aStrangersBodyIsShort() {
    try (RawSocket stream = RawSocket.connect(gateway.port())) {
      stream.send("POST /sockjs/000/poll/xhr_streaming HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(stream.readHead()).startsWith("HTTP/1.1 200");
      String send = "/sockjs/000/poll/xhr_send";
      assertThat(post(send, wrapped(ping(BOUND)))).contains("413", "message_too_large");
      assertThat(post("/sockjs/000/nobody/xhr_send", wrapped(ping(BOUND)))).contains("413", "message_too_large");
      assertThat(post(send, wrapped(ping(BOUND / 2)))).isEqualTo("204");
      assertThat(post(send, wrapped(new JsonObject().put("type", "auth").put("token", gateway.token("ann")).encode()))).isEqualTo("204");
      GatewayFixture.until("it is known", () -> gateway.gauge("vestibule.connections.authenticated") == 1);
      assertThat(post(send, wrapped(ping(LONG)))).isEqualTo("204");
    }
  }
}
