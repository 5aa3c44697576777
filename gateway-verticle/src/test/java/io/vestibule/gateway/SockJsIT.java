package io.vestibule.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** SockJS sessions as their HTTP requests, without a library: what comes, what goes, and what happens to a peer that does neither. */
class SockJsIT {
  private static final String PAD = "x".repeat(10_000);
  private static final Duration GONE = Duration.ofSeconds(60);

  @AutoClose
  private GatewayFixture gateway = GatewayFixture.start(config -> {
    config.outboundBuffer = 256 * 1024;
    config.stallTimeout = Duration.ofSeconds(2);
    config.topic("drop.**", "authenticated", "authenticated", "drop");
  });
  private int sessions;

  /** A session that polls. Each poll is a request of its own, on whichever event loop. */
  private final class Polling {
    private final HttpClient http = HttpClient.newHttpClient();
    private final String url = "http://127.0.0.1:" + gateway.port() + "/sockjs/000/session" + sessions++ + "/";
    private final List<String> read = new ArrayList<>();

    private HttpResponse<String> post(String what, String body) throws Exception {
      return http.send(HttpRequest.newBuilder(URI.create(url + what)).POST(HttpRequest.BodyPublishers.ofString(body))
          .timeout(Duration.ofSeconds(60)).build(), HttpResponse.BodyHandlers.ofString());
    }

    Polling open() throws Exception {
      assertThat(poll()).isEqualTo("o\n");
      return this;
    }

    String poll() throws Exception {
      return post("xhr", "").body();
    }

    void send(JsonObject... frames) throws Exception {
      JsonArray texts = new JsonArray();
      for (JsonObject frame : frames) {
        texts.add(frame.encode());
      }
      assertThat(post("xhr_send", texts.encode()).statusCode()).isEqualTo(204);
    }

    JsonObject next() throws Exception {
      while (read.isEmpty()) {
        String batch = poll();
        if (batch.startsWith("a")) {
          new JsonArray(batch.substring(1)).forEach(text -> read.add((String) text));
        } else {
          assertThat(batch).as("a heartbeat").startsWith("h");
        }
      }
      return new JsonObject(read.remove(0));
    }
  }

  private JsonObject auth(String user) {
    return new JsonObject().put("type", "auth").put("token", gateway.token(user));
  }

  private static JsonObject subscribe(String topic) {
    return new JsonObject().put("type", "subscribe").put("topic", topic);
  }

  @Test
  void aPollingSessionSpeaksTheSameDialect() throws Exception {
    Polling ann = new Polling().open();
    ann.send(subscribe("early"), auth("ann"), subscribe("room.1"),
        new JsonObject().put("type", "message").put("topic", "room.1").put("data", 1).put("id", "m"));
    assertThat(ann.next().getString("reason")).isEqualTo("not_authenticated");
    assertThat(ann.next().getString("type")).isEqualTo("auth_success");
    assertThat(ann.next().getString("topic")).isEqualTo("user.ann");
    assertThat(ann.next().getString("topic")).isEqualTo("room.1");
    assertThat(List.of(ann.next().getString("type"), ann.next().getString("type"))).containsExactlyInAnyOrder("ack", "message");
    for (int i = 0; i < 50; i++) {
      gateway.publish("room.1", i);
    }
    for (int i = 0; i < 50; i++) {
      assertThat(ann.next().getInteger("data")).isEqualTo(i);
    }
    ann.send(new JsonObject().put("type", "leave"));
    assertThat(ann.next().getString("type")).isEqualTo("left");
    assertThat(ann.next().getString("type")).isEqualTo("closing");
    assertThat(ann.poll()).startsWith("c[");
  }

  @Test
  void closingIsTheLastFrameHereToo() throws Exception {
    Polling stranger = new Polling().open();
    for (int i = 0; i < 5; i++) {
      stranger.send(new JsonObject().put("type", "auth").put("token", "bad"));
      assertThat(stranger.next().getString("type")).isEqualTo("auth_error");
    }
    JsonObject closing = stranger.next();
    assertThat(closing.getString("type")).isEqualTo("closing");
    assertThat(closing.getInteger("code")).isEqualTo(4501);
    assertThat(stranger.poll()).startsWith("c[");
    GatewayFixture.until("it is counted out", GONE, () -> gateway.gauge("vestibule.connections") == 0);
  }

  @Test
  void aSessionThatNobodyPollsAnyMoreIsForgotten() throws Exception {
    Polling ann = new Polling().open();
    ann.send(auth("ann"));
    assertThat(ann.next().getString("type")).isEqualTo("auth_success");
    GatewayFixture.until("it is counted out", GONE, () -> gateway.gauge("vestibule.connections") == 0);
  }

  /** All endpoints' sessions are kept in one place: the bridge is not there to look at tokens when somebody comes in by another door. */
  @Test
  void aSessionOfTheBridgeCannotBeReachedFromHere() throws Exception {
    try (GatewayFixture bridged = GatewayFixture.start(config -> config.bridgeEnabled = true)) {
      GatewayFixture plain = gateway;
      gateway = bridged;
      try {
        Polling stranger = new Polling();
        String bridge = stranger.url.replace("/sockjs/", "/eventbus/");
        HttpResponse<String> opened = stranger.http.send(HttpRequest.newBuilder(URI.create(bridge + "xhr?token=" + gateway.token("ann")))
            .POST(HttpRequest.BodyPublishers.noBody()).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(opened.body()).isEqualTo("o\n");
        assertThat(stranger.post("xhr_send", "[\"{}\"]").statusCode()).isEqualTo(401);
        assertThat(stranger.post("xhr", "").statusCode()).isEqualTo(401);
      } finally {
        gateway = plain;
      }
    }
  }

  @Test
  void oneTooManyIsToldWhy() throws Exception {
    try (GatewayFixture small = GatewayFixture.start(config -> config.connectionsPerIp = 1); RawSocket only = small.open()) {
      GatewayFixture big = gateway;
      gateway = small;
      Polling refused = new Polling().open();
      JsonObject closing = refused.next();
      gateway = big;
      assertThat(closing.getString("type")).isEqualTo("closing");
      assertThat(closing.getInteger("code")).isEqualTo(1013);
      assertThat(closing.getBoolean("reconnect")).isTrue();
      assertThat(only).isNotNull();
    }
  }

  /** Opens a stream on a socket of its own, with a small window. */
  private RawSocket stream(String session) {
    RawSocket stream = RawSocket.connect(gateway.port(), 8 * 1024);
    stream.send(streamRequest(session));
    assertThat(stream.readHead()).startsWith("HTTP/1.1 200");
    return stream;
  }

  private static byte[] streamRequest(String session) {
    return ("POST /sockjs/000/" + session + "/xhr_streaming HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
  }

  private void sendTo(String session, JsonObject... frames) throws IOException {
    JsonArray texts = new JsonArray();
    for (JsonObject frame : frames) {
      texts.add(frame.encode());
    }
    byte[] body = texts.encode().getBytes(StandardCharsets.UTF_8);
    try (RawSocket socket = RawSocket.connect(gateway.port())) {
      socket.send(("POST /sockjs/000/" + session + "/xhr_send HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length + "\r\n\r\n")
          .getBytes(StandardCharsets.US_ASCII));
      socket.send(body);
      assertThat(socket.readHead()).startsWith("HTTP/1.1 204");
    }
  }

  @Test
  void aStreamThatNobodyReadsIsGoneWithItsConnection() throws Exception {
    try (RawSocket stream = stream("lazy"); RawSocket reader = gateway.open("reader").subscribe("drop.**")) {
      sendTo("lazy", auth("lazy"), subscribe("drop.**"));
      GatewayFixture.until("both are subscribed", () -> gateway.gauge("vestibule.subscriptions") == 4);
      long started = System.nanoTime();
      for (int i = 0; gateway.gauge("vestibule.connections") == 2; i++) {
        gateway.publish("drop." + i % 7, i + PAD);
        assertThat(reader.text().json().getString("data")).startsWith(i + "x");
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(GONE);
      }
      // Whatever waits in the kernels' buffers, the connection itself has ended.
      stream.expectEnd();
    }
  }

  @Test
  void aLaterStreamOfASessionIsCutOffWithAllThatItHolds() throws Exception {
    GatewayFixture small = gateway;
    try (GatewayFixture roomy = GatewayFixture.start(config -> {
      config.outboundBuffer = 64 << 20;
      config.stallTimeout = Duration.ofSeconds(2);
    })) {
      gateway = roomy;
      try (RawSocket first = stream("late")) {
        sendTo("late", auth("late"), subscribe("a"));
        GatewayFixture.until("it is subscribed", () -> gateway.gauge("vestibule.subscriptions") == 2);
        // A stream ends after 128 KiB, and the client opens the next one.
        for (int i = 0; i < 15; i++) {
          gateway.publish("a", PAD);
        }
        first.expectEnd();
      }
      long total = 0;
      String large = PAD.repeat(90);
      for (int i = 0; i < 9; i++, total += large.length()) {
        gateway.publish("a", large);
      }
      gateway.settle();
      try (RawSocket second = RawSocket.connect(gateway.port(), 8 * 1024)) {
        second.send(streamRequest("late"));
        GatewayFixture.until("the session is gone", GONE, () -> gateway.gauge("vestibule.connections") == 0);
        if (KernelSockets.areKnown()) {
          GatewayFixture.until("the kernel holds nothing for it either", Duration.ofSeconds(2), () -> second.otherEnd().isEmpty());
        }
        assertThat(second.expectEnd()).as("what the kernels had taken").isLessThan(total);
      }
    } finally {
      gateway = small;
    }
  }
}
