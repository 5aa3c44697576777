package io.vestibule.gateway;

import static io.vestibule.gateway.RawSocket.FIN;
import static io.vestibule.gateway.RawSocket.TEXT;
import static io.vestibule.gateway.RawSocket.frame;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Bounds on what one client, one address and all of them may take. */
class LimitsIT {

  @Test
  void anAddressHasSoManyConnections() throws Exception {
    try (GatewayFixture gateway = GatewayFixture.start(config -> config.connectionsPerIp = 3)) {
      List<RawSocket> open = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        open.add(gateway.open());
      }
      refused(gateway, "429", "too_many_connections");
      GatewayFixture.until("all are counted", () -> gateway.gauge("vestibule.connections") == 3);
      open.remove(0).close();
      GatewayFixture.until("one is counted out", () -> gateway.gauge("vestibule.connections") == 2);
      open.add(gateway.open("ann"));
      refused(gateway, "429", "too_many_connections");
      open.forEach(RawSocket::close);
      assertThat(gateway.counter("vestibule.connections.refused", "reason", "too_many_connections")).isEqualTo(2);
    }
  }

  @Test
  void aNodeHasSoManyConnections() throws Exception {
    try (GatewayFixture gateway = GatewayFixture.start(config -> config.connections = 2); RawSocket one = gateway.open(); RawSocket two = gateway.open()) {
      refused(gateway, "503", "node_full");
    }
  }

  @Test
  void anAddressHasSoManyConnectionsThatAreNoSockets() throws Exception {
    int most = 40;
    try (GatewayFixture gateway = GatewayFixture.start(config -> config.connectionsPerIp = most / 2)) {
      List<RawSocket> open = new ArrayList<>();
      for (int i = 0; i < most; i++) {
        open.add(RawSocket.connect(gateway.port()));
      }
      open.forEach(socket -> assertThat(get(socket)).startsWith("HTTP/1.1 200"));
      try (RawSocket tooMany = RawSocket.connect(gateway.port())) {
        assertThat(tooMany.expectEnd()).isZero();
      }
      assertThat(gateway.counter("vestibule.connections.refused", "reason", "too_many_connections")).isEqualTo(1);
      // Those that become sockets are counted as such, and leave their places to others.
      for (int i = 0; i < 10; i++) {
        open.get(i).upgrade(i % 2 == 0 ? "/ws" : "/sockjs/websocket");
      }
      for (int i = 0; i < 10; i++) {
        open.add(RawSocket.connect(gateway.port()));
        assertThat(get(open.get(open.size() - 1))).startsWith("HTTP/1.1 200");
      }
      open.forEach(RawSocket::close);
      // A SockJS WebSocket keeps its place to its end, and gives it back.
      for (int i = 0; i < 2 * most; i++) {
        GatewayFixture.until("there is a place", () -> {
          try (RawSocket session = RawSocket.connect(gateway.port())) {
            return session.trySend(RawSocket.upgradeRequest("/sockjs/000/s" + System.nanoTime() + "/websocket")) && session.readHead().startsWith("HTTP/1.1 101");
          }
        });
      }
    }
  }

  private static String get(RawSocket socket) {
    socket.trySend("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes());
    String head = socket.readHead();
    socket.readBody(head);
    return head;
  }

  @Test
  void aTrustedProxySpeaksForItsClients() throws Exception {
    try (GatewayFixture gateway = GatewayFixture.start(config -> {
          config.connectionsPerIp = 1;
          config.trustedProxies = List.of("127.0.0.1");
        });
        RawSocket one = RawSocket.connect(gateway.port()).upgrade("/ws", "X-Forwarded-For: 9.9.9.9, 203.0.113.1");
        RawSocket other = RawSocket.connect(gateway.port()).upgrade("/ws", "X-Forwarded-For: 203.0.113.2")) {
      try (RawSocket again = RawSocket.connect(gateway.port())) {
        assertThat(again.request("/ws", "X-Forwarded-For: 8.8.8.8, 203.0.113.1")).startsWith("HTTP/1.1 429");
      }
      // What the proxy adds may stand in a header of its own, behind the client's lie.
      try (RawSocket again = RawSocket.connect(gateway.port())) {
        assertThat(again.request("/ws", "X-Forwarded-For: 7.7.7.7", "X-Forwarded-For: 203.0.113.1")).startsWith("HTTP/1.1 429");
      }
    }
  }

  @Test
  void anUntrustedPeerSpeaksForNobody() throws Exception {
    try (GatewayFixture gateway = GatewayFixture.start(config -> config.connectionsPerIp = 1);
        RawSocket one = RawSocket.connect(gateway.port()).upgrade("/ws", "X-Forwarded-For: 203.0.113.1");
        RawSocket two = RawSocket.connect(gateway.port())) {
      assertThat(two.request("/ws", "X-Forwarded-For: 203.0.113.2")).startsWith("HTTP/1.1 429");
    }
  }

  private static void refused(GatewayFixture gateway, String status, String reason) {
    try (RawSocket socket = RawSocket.connect(gateway.port())) {
      String answer = socket.request("/ws");
      assertThat(answer).startsWith("HTTP/1.1 " + status);
      assertThat(answer.toLowerCase()).contains("retry-after: ");
      assertThat(new JsonObject(socket.readBody(answer)).getString("reason")).isEqualTo(reason);
    }
  }

  @Test
  void whoeverIsTooFastIsToldAndThenSentAway() throws Exception {
    try (GatewayFixture gateway = GatewayFixture.start(config -> {
          config.messagesPerSecond = 1;
          config.messageBurst = 20;
        });
        RawSocket socket = gateway.open("ann")) {
      // In one go: while the answers are waited for, the quota grows.
      var burst = new ByteArrayOutputStream();
      for (int i = 0; i < 30; i++) {
        burst.writeBytes(frame(FIN | TEXT, new JsonObject().put("type", "message").put("topic", "a").put("data", i).put("id", "x").put("messageId", "m").encode()));
      }
      socket.send(burst.toByteArray());
      for (int i = 0; i < 19; i++) {
        assertThat(socket.text().type()).isEqualTo("ack");
      }
      JsonObject error = socket.await("error");
      assertThat(error.getInteger("code")).isEqualTo(429);
      assertThat(error.getString("reason")).isEqualTo("rate_limited");
      assertThat(error.getString("id")).isEqualTo("x");
      assertThat(error.getString("topic")).isEqualTo("a");
      assertThat(error.getString("messageId")).isEqualTo("m");
      assertThat(error.getBoolean("temporary")).isTrue();
      long retryAfter = error.getLong("retryAfterMs");
      assertThat(retryAfter).isBetween(1L, 1_000L);
      long then = System.nanoTime() + retryAfter * 1_000_000;
      GatewayFixture.until("the time it was told", () -> System.nanoTime() >= then);
      socket.send("{\"type\":\"ping\"}");
      socket.await("pong");
      ByteArrayOutputStream flood = new ByteArrayOutputStream();
      for (int i = 0; i < 400; i++) {
        flood.writeBytes(frame(FIN | TEXT, i % 2 == 0 ? "{\"type\":\"ping\"}" : "{\"type\":"));
      }
      socket.trySend(flood.toByteArray());
      socket.expectClose(4029, "too_fast");
    }
  }

  @Test
  void subscriptionsAreCounted() throws Exception {
    try (GatewayFixture gateway = GatewayFixture.start(config -> config.subscriptions = 3); RawSocket socket = gateway.open("ann")) {
      socket.subscribe("a").subscribe("b.*").subscribe("a");
      socket.send("{\"type\":\"subscribe\",\"topic\":\"c\",\"id\":1}");
      JsonObject error = socket.text().json();
      assertThat(error.getString("reason")).isEqualTo("too_many_subscriptions");
      assertThat(error.getString("topic")).isEqualTo("c");
      assertThat(error.getJsonObject("details").getInteger("limit")).isEqualTo(3);
      socket.send("{\"type\":\"unsubscribe\",\"topic\":\"a\"}");
      assertThat(socket.text().type()).isEqualTo("unsubscribed");
      socket.subscribe("c");
    }
  }

  @Test
  void aConnectionThatSaysNothingIsEnded() throws Exception {
    try (GatewayFixture gateway = GatewayFixture.start(config -> config.authTimeout = Duration.ofSeconds(1));
        RawSocket silent = RawSocket.connect(gateway.port())) {
      silent.expectEnd();
    }
  }

  @Test
  void headersThatDripAreEnded() throws Exception {
    try (GatewayFixture gateway = GatewayFixture.start(config -> config.authTimeout = Duration.ofSeconds(1));
        RawSocket slow = RawSocket.connect(gateway.port())) {
      slow.send("GET /ws HTTP/1.1\r\nHost: x\r\n".getBytes());
      GatewayFixture.until("the connection is ended", () -> !slow.trySend("X: y\r\n".getBytes()));
    }
  }

  @Test
  void anUpgradeWithABodyIsRefused() throws Exception {
    try (GatewayFixture gateway = GatewayFixture.start(); RawSocket socket = RawSocket.connect(gateway.port());
        RawSocket chunked = RawSocket.connect(gateway.port()); RawSocket none = RawSocket.connect(gateway.port())) {
      // Its body would never come, and nothing else would end it.
      assertThat(socket.request("/ws", "Content-Length: 100")).startsWith("HTTP/1.1 400");
      assertThat(chunked.request("/ws", "Transfer-Encoding: chunked")).startsWith("HTTP/1.1 400");
      assertThat(none.request("/ws", "Content-Length: 0")).startsWith("HTTP/1.1 101");
    }
  }

  @Test
  void brokenUpgradesAreCountedOut() throws Exception {
    try (GatewayFixture gateway = GatewayFixture.start(config -> config.connectionsPerIp = 2)) {
      for (int i = 0; i < 10; i++) {
        for (String version : List.of("Sec-WebSocket-Version: 12\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13")) {
          try (RawSocket socket = RawSocket.connect(gateway.port())) {
            socket.send(("GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" + version + "\r\n\r\n").getBytes());
            assertThat(socket.readHead()).startsWith("HTTP/1.1 4");
          }
        }
        try (RawSocket gone = RawSocket.connect(gateway.port())) {
          gone.send(RawSocket.upgradeRequest("/ws"));
        }
      }
      // Those who did not wait for an answer may come in and be counted out later still.
      GatewayFixture.until("there is room for two", () -> {
        try (RawSocket one = RawSocket.connect(gateway.port()); RawSocket two = RawSocket.connect(gateway.port())) {
          return one.request("/ws").startsWith("HTTP/1.1 101") && two.request("/ws").startsWith("HTTP/1.1 101");
        }
      });
    }
  }

  @Test
  void afterTheHeartbeatsTimeASilentPeerIsGoneAndALivingOneIsNot() throws Exception {
    try (GatewayFixture gateway = GatewayFixture.start(config -> {
          config.heartbeat = Duration.ofSeconds(1);
          // Longer than a busy machine may keep the living one from answering.
          config.heartbeatTimeout = Duration.ofSeconds(8);
        });
        RawSocket dead = gateway.open("dead").withoutPongs();
        RawSocket alive = gateway.open("alive").subscribe("news")) {
      long opened = System.currentTimeMillis();
      // It answers pings only while it reads.
      var heard = CompletableFuture.supplyAsync(() -> alive.await("message"));
      List<RawSocket.Received> last = dead.expectClose(4000, "heartbeat_timeout");
      assertThat(last).hasSize(3);
      assertThat(dead.pings()).isPositive();
      gateway.publish("news", 1);
      assertThat(heard.join().getInteger("data")).isEqualTo(1);
      alive.send("{\"type\":\"health_check\"}");
      assertThat(alive.await("health").getLong("lastPongMs")).isGreaterThanOrEqualTo(opened);
    }
  }
}
