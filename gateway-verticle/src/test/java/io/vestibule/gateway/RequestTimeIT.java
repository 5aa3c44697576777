package io.vestibule.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No byte now and then keeps an HTTP connection. */
class RequestTimeIT {

  private static GatewayFixture impatient() {
    return GatewayFixture.start(config -> {
      // Enough for whoever does not dawdle, on a busy machine too.
      config.authTimeout = Duration.ofSeconds(2);
      config.idleTimeout = Duration.ofSeconds(4);
    });
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static void drips(RawSocket socket, String drop) {
    GatewayFixture.until("the connection is ended", () -> !socket.trySend(bytes(drop)));
  }

  private static void answered(RawSocket socket, String request, String status) {
    socket.send(bytes(request));
    String head = socket.readHead();
    assertThat(head).startsWith("HTTP/1.1 " + status);
    socket.readBody(head);
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "GET / HTTP/1.1\r\nHost: x\r\n\r\n => 200",
      "GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n => 404",
      "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n => 400",
      "GET /ws HTTP/1.1\r\nHost: x\r\nOrigin: http://y\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n => 403",
  })
  void theNextRequestsHeadersHaveTheirTime(String requestAndStatus) throws Exception {
    String[] parts = requestAndStatus.split(" => ");
    try (GatewayFixture gateway = impatient(); RawSocket socket = RawSocket.connect(gateway.port())) {
      answered(socket, parts[0], parts[1]);
      answered(socket, parts[0], parts[1]);
      socket.send(bytes("GET / HTTP/1.1\r\nHost: x\r\n"));
      drips(socket, "X: y\r\n");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/sockjs/000/session/xhr_send", "/sockjs/000/session/xhr", "/api/publish", "/nowhere"})
  void aBodyHasItsTime(String path) throws Exception {
    try (GatewayFixture gateway = impatient(); RawSocket socket = RawSocket.connect(gateway.port())) {
      socket.send(bytes("POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n\r\n"));
      drips(socket, "[");
    }
  }

  @Test
  void aResponseMayTakeLonger() throws Exception {
    try (GatewayFixture gateway = GatewayFixture.start(config -> {
          config.authTimeout = Duration.ZERO;
          config.idleTimeout = Duration.ofSeconds(3);
        });
        RawSocket stream = RawSocket.connect(gateway.port()); RawSocket sender = RawSocket.connect(gateway.port())) {
      // Sent without waiting, the second request begins before the first is known to have ended.
      stream.send(bytes("GET / HTTP/1.1\r\nHost: x\r\n\r\nPOST /sockjs/000/s/xhr_streaming HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"));
      stream.readBody(stream.readHead());
      assertThat(stream.readHead()).startsWith("HTTP/1.1 200");
      long end = System.nanoTime() + Duration.ofSeconds(5).toNanos();
      String message = "[\"{\\\"type\\\":\\\"ping\\\"}\"]";
      for (int sent = 0; System.nanoTime() < end; sent++) {
        sender.send(bytes("POST /sockjs/000/s/xhr_send HTTP/1.1\r\nHost: x\r\nContent-Length: " + message.length() + "\r\n\r\n" + message));
        assertThat(sender.readHead()).startsWith("HTTP/1.1 204");
        String line = stream.readLine();
        while (!line.contains("pong")) {
          assertThat(line).as("line of the stream after %d messages", sent).isNotEmpty();
          line = stream.readLine();
        }
        long next = System.nanoTime() + Duration.ofMillis(100).toNanos();
        GatewayFixture.until("the next message's time", () -> System.nanoTime() >= next);
      }
    }
  }
}
