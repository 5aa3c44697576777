package io.vestibule.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A page of somebody else's gets no socket, by whatever way it comes; one that the configuration lists gets one that works. */
class OriginIT {
  private static final String LISTED = "https://app.example.com";
  private static final String STRANGE = "https://evil.example.com";
  private static final String SESSION = "/sockjs/000/session/";

  @AutoClose
  private static GatewayFixture gateway = GatewayFixture.start(config -> {
    config.allowedOrigins = List.of(LISTED);
    config.bridgeEnabled = true;
  });

  private static double refused() {
    return gateway.counter("vestibule.connections.refused", "reason", "forbidden_origin");
  }

  private static void expectRefused(RawSocket socket, String head) {
    assertThat(head).startsWith("HTTP/1.1 403").doesNotContainIgnoringCase("access-control-allow-origin");
    assertThat(new JsonObject(socket.readBody(head)).getString("reason")).isEqualTo("forbidden_origin");
  }

  private static RawSocket ask(String method, String path, String origin, String body) {
    RawSocket socket = RawSocket.connect(gateway.port());
    socket.send((method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nOrigin: " + origin + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body).getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  @ParameterizedTest
  @ValueSource(strings = {"/ws", "/sockjs/websocket", SESSION + "websocket", "/events/subscribe?topics=public.a", "/messages/subscribe", "/eventbus/websocket"})
  void anotherPageGetsNoWebSocket(String path) {
    double before = refused();
    for (String origin : List.of(STRANGE, "null", LISTED + ":8443", "http://app.example.com", LISTED + ".example.com")) {
      try (RawSocket socket = RawSocket.connect(gateway.port())) {
        expectRefused(socket, socket.request(path, "Origin: " + origin));
      }
    }
    assertThat(refused()).isEqualTo(before + 5);
    assertThat(gateway.gauge("vestibule.connections")).isZero();
  }

  @ParameterizedTest
  @CsvSource({"GET, /sockjs/info", "POST, /sockjs/000/session/xhr", "POST, /sockjs/000/session/xhr_streaming", "GET, /sockjs/000/session/eventsource", "POST, /sockjs/000/session/xhr_send"})
  void anotherPageGetsNoSessionEither(String method, String path) {
    try (RawSocket socket = ask(method, path, STRANGE, "")) {
      expectRefused(socket, socket.readHead());
    }
    assertThat(gateway.gauge("vestibule.connections")).isZero();
  }

  @Test
  void anotherPageSaysNothingInASessionThatIsThere() {
    try (RawSocket own = ask("POST", "/sockjs/000/there/xhr_streaming", LISTED, "")) {
      assertThat(own.readHead()).startsWith("HTTP/1.1 200");
      GatewayFixture.until("the session is there", () -> gateway.gauge("vestibule.connections") == 1);
      String auth = new JsonArray().add(new JsonObject().put("type", "auth").put("token", gateway.token("ann")).encode()).encode();
      try (RawSocket other = ask("POST", "/sockjs/000/there/xhr_send", STRANGE, auth)) {
        expectRefused(other, other.readHead());
      }
      assertThat(gateway.gauge("vestibule.connections.authenticated")).isZero();
      try (RawSocket again = ask("POST", "/sockjs/000/there/xhr_send", LISTED, auth)) {
        assertThat(again.readHead()).startsWith("HTTP/1.1 204");
      }
      GatewayFixture.until("it is known", () -> gateway.gauge("vestibule.connections.authenticated") == 1);
    }
    GatewayFixture.until("it is gone", () -> gateway.gauge("vestibule.connections") == 0);
  }

  @ParameterizedTest
  @CsvSource({"/ws, https://app.example.com", "/ws, http://localhost", "/sockjs/websocket, https://app.example.com", "/sockjs/websocket, http://localhost"})
  void aListedPageAndTheServersOwnGetOneThatWorks(String path, String origin) {
    try (RawSocket socket = RawSocket.connect(gateway.port()).upgrade(path, "Origin: " + origin).authenticate(gateway.token("ann")).subscribe("news")) {
      gateway.publish("news", "for all pages");
      assertThat(socket.await("message").getString("data")).isEqualTo("for all pages");
    }
    GatewayFixture.until("it is gone", () -> gateway.gauge("vestibule.connections") == 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {LISTED, "http://localhost"})
  void aSessionOfSockJsOpensForThemToo(String origin) {
    try (RawSocket socket = RawSocket.connect(gateway.port()).upgrade("/sockjs/000/listed/websocket", "Origin: " + origin)) {
      assertThat(((RawSocket.Text) socket.next()).text()).isEqualTo("o");
      socket.send(new JsonArray().add("{\"type\":\"ping\"}").encode());
      assertThat(((RawSocket.Text) socket.next()).text()).startsWith("a[").contains("pong");
    }
    GatewayFixture.until("it is gone", () -> gateway.gauge("vestibule.connections") == 0);
  }
}
