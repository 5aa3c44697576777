package io.vestibule.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.gateway.bridge.BridgeConfig;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How often one address may open sockets, of whichever kind; said before the handshake and with every answer to it. */
class ConnectLimitIT {
  /** The fixture's own first connection is one too. */
  private static final int FIXTURE = 1;
  private static final int LEFT = 5;

  private static GatewayFixture limited() {
    return GatewayFixture.start(config -> config.ipJoins = FIXTURE + LEFT);
  }

  @Test
  void webSocketsAreCountedAndTold() throws Exception {
    try (GatewayFixture gateway = limited()) {
      List<RawSocket> open = new ArrayList<>();
      for (int i = 0; i < LEFT; i++) {
        RawSocket socket = RawSocket.connect(gateway.port());
        String head = socket.request("/ws");
        assertThat(head).startsWith("HTTP/1.1 101").containsIgnoringCase("x-ratelimit-policy: ip-joins")
            .containsIgnoringCase("x-ratelimit-remaining: " + (LEFT - 1 - i)).containsIgnoringCase("ratelimit-policy: \"ip-joins\";q=6;w=60");
        open.add(socket);
      }
      try (RawSocket refused = RawSocket.connect(gateway.port())) {
        String head = refused.request("/ws");
        assertThat(head).startsWith("HTTP/1.1 429").containsIgnoringCase("x-ratelimit-remaining: 0").containsIgnoringCase("\nretry-after: ");
        assertThat(head.toLowerCase()).containsPattern("ratelimit: \"ip-joins\";r=0;t=([1-9]|10)\r?\n");
      }
      assertThat(gateway.counter("vestibule.connections.refused", "reason", "too_many_joins")).isEqualTo(1);
      open.forEach(RawSocket::close);
    }
  }

  @Test
  void sessionsOfSockJsAreCountedOnceHoweverOftenTheyPoll() throws Exception {
    try (GatewayFixture gateway = limited(); RawSocket one = RawSocket.connect(gateway.port()).upgrade("/ws")) {
      assertThat(one).isNotNull();
      HttpClient http = HttpClient.newHttpClient();
      for (int i = 1; i < LEFT; i++) {
        HttpResponse<String> opened = poll(http, gateway, "s" + i);
        assertThat(opened.body()).isEqualTo("o\n");
        assertThat(opened.headers().firstValue("X-RateLimit-Remaining")).contains(Integer.toString(LEFT - 1 - i));
        // The session is there, so this sends into it and counts nothing.
        HttpResponse<String> sent = http.send(request(gateway, "s" + i, "xhr_send", "[\"{\\\"type\\\":\\\"ping\\\"}\"]"), HttpResponse.BodyHandlers.ofString());
        assertThat(sent.statusCode()).isEqualTo(204);
        HttpResponse<String> polled = poll(http, gateway, "s" + i);
        assertThat(polled.body()).contains("pong");
        assertThat(polled.headers().firstValue("X-RateLimit-Remaining")).isEmpty();
      }
      HttpResponse<String> refused = poll(http, gateway, "another");
      assertThat(refused.statusCode()).isEqualTo(429);
      assertThat(refused.body()).contains("too_many_joins");
      assertThat(refused.headers().firstValue("RateLimit").orElseThrow()).startsWith("\"ip-joins\";r=0;t=");
      assertThat(poll(http, gateway, "s1").statusCode()).as("who is in is unharmed").isEqualTo(200);
    }
  }

  @Test
  void socketsOfTheBridgeAreCountedAndTold() throws Exception {
    List<String> addresses = List.of("chat.room");
    try (GatewayFixture gateway = GatewayFixture.start(config -> {
      config.ipJoins = FIXTURE + LEFT;
      config.bridge = new BridgeConfig(true, addresses, addresses, 20, Duration.ofSeconds(30), 64 << 10, 1 << 20);
    })) {
      String token = "?token=" + gateway.token("ada");
      HttpClient http = HttpClient.newHttpClient();
      URI poll = URI.create("http://127.0.0.1:" + gateway.port() + "/eventbus/000/polled/xhr" + token);
      HttpRequest request = HttpRequest.newBuilder(poll).POST(HttpRequest.BodyPublishers.noBody()).build();
      HttpResponse<String> opened = http.send(request, HttpResponse.BodyHandlers.ofString());
      assertThat(opened.headers().firstValue("X-RateLimit-Remaining")).contains(Integer.toString(LEFT - 1));
      // A poll of a session that is there counts nothing.
      CompletableFuture<HttpResponse<String>> polling = http.sendAsync(request, HttpResponse.BodyHandlers.ofString());
      for (int i = 1; i < LEFT; i++) {
        RawSocket socket = RawSocket.connect(gateway.port());
        assertThat(socket.request(i == 1 ? "/eventbus/000/socket/websocket" + token : "/eventbus/websocket" + token)).startsWith("HTTP/1.1 101")
            .containsIgnoringCase("x-ratelimit-remaining: " + (LEFT - 1 - i));
        socket.close();
      }
      try (RawSocket refused = RawSocket.connect(gateway.port())) {
        assertThat(refused.request("/eventbus/websocket" + token)).startsWith("HTTP/1.1 429").containsIgnoringCase("ratelimit-policy: \"ip-joins\";q=6;w=60")
            .containsIgnoringCase("\nretry-after: ");
      }
      polling.cancel(true);
    }
  }

  private static HttpResponse<String> poll(HttpClient http, GatewayFixture gateway, String session) throws Exception {
    if (session.equals("s1")) {
      // Something to answer the poll with at once.
      http.send(request(gateway, session, "xhr_send", "[\"{\\\"type\\\":\\\"ping\\\"}\"]"), HttpResponse.BodyHandlers.ofString());
    }
    return http.send(request(gateway, session, "xhr", ""), HttpResponse.BodyHandlers.ofString());
  }

  private static HttpRequest request(GatewayFixture gateway, String session, String way, String body) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + "/sockjs/000/" + session + "/" + way))
        .POST(HttpRequest.BodyPublishers.ofString(body)).build();
  }
}
