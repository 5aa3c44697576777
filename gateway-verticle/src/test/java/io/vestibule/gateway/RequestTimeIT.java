package io.vestibule.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

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

  /** All of them dawdle at the same time, and all are ended. */
  private static void drip(Map<String, RawSocket> sockets, String drop) {
    GatewayFixture.until("the connections are ended of " + sockets.keySet(), () -> {
      sockets.entrySet().removeIf(dawdler -> {
        boolean ended = !dawdler.getValue().trySend(bytes(drop));
        if (ended) {
          dawdler.getValue().close();
        }
        return ended;
      });
      return sockets.isEmpty();
    });
  }

  private static void answered(RawSocket socket, String request, String status) {
    socket.send(bytes(request));
    String head = socket.readHead();
    assertThat(head).startsWith("HTTP/1.1 " + status);
    socket.readBody(head);
  }

  @Test
  void theNextRequestsHeadersHaveTheirTime() throws Exception {
    Map<String, String> requests = Map.of(
        "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "200",
        "GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n", "404",
        "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", "400",
        "GET /ws HTTP/1.1\r\nHost: x\r\nOrigin: http://y\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", "403");
    try (GatewayFixture gateway = impatient()) {
      Map<String, RawSocket> sockets = new HashMap<>();
      requests.forEach((request, status) -> {
        RawSocket socket = RawSocket.connect(gateway.port());
        answered(socket, request, status);
        answered(socket, request, status);
        socket.send(bytes("GET / HTTP/1.1\r\nHost: x\r\n"));
        sockets.put(request, socket);
      });
      drip(sockets, "X: y\r\n");
    }
  }

  @Test
  void aBodyHasItsTime() throws Exception {
    try (GatewayFixture gateway = impatient()) {
      Map<String, RawSocket> sockets = new HashMap<>();
      for (String path : List.of("/sockjs/000/session/xhr_send", "/sockjs/000/session/xhr", "/api/publish", "/nowhere")) {
        RawSocket socket = RawSocket.connect(gateway.port());
        socket.send(bytes("POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n\r\n"));
        sockets.put(path, socket);
      }
      drip(sockets, "[");
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
