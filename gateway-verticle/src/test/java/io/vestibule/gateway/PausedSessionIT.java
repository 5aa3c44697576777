package io.vestibule.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.gateway.bridge.BridgeConfig;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A SockJS session that is not read, because nobody answers for the line, does not keep whatever its client sends meanwhile. */
class PausedSessionIT {
  private static final int MANY = 100;
  private static final long MORE_THAN_THE_KERNEL_KEEPS = 40L << 20;

  private final HttpClient http = HttpClient.newHttpClient();
  private GatewayFixture gateway;

  @BeforeEach
  void start() throws Exception {
    List<String> open = List.of("chat.room");
    gateway = GatewayFixture.start(config -> config.bridge = new BridgeConfig(true, open, open, 20, Duration.ofSeconds(30), 64 << 10, 1 << 20));
    GatewayFixture.await(gateway.coordinator.stop());
  }

  @AfterEach
  void stop() throws Exception {
    gateway.close();
  }

  private HttpResponse<String> post(String path, String body) throws Exception {
    return http.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + path)).POST(HttpRequest.BodyPublishers.ofString(body)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static String message(String text) {
    return new JsonArray().add(text).encode();
  }

  /** Posts until something is refused; what was taken before that, in bytes. */
  private int flood(String send) throws Exception {
    String body = message("x".repeat(30_000));
    int taken = 0;
    for (int i = 0; i < MANY; i++) {
      HttpResponse<String> answer = post(send, body);
      if (answer.statusCode() != 204) {
        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(new JsonObject(answer.body()).getString("reason")).isEqualTo("rate_limited");
        assertThat(answer.headers().firstValue("Retry-After")).contains("1");
        return taken;
      }
      taken += body.length();
    }
    return taken;
  }

  @Test
  void whatIsPostedToTheCoreIsBounded() throws Exception {
    post("/sockjs/000/core/xhr", "");
    post("/sockjs/000/core/xhr_send", message(new JsonObject().put("type", "auth").put("token", gateway.token("ann")).encode()));
    assertThat(flood("/sockjs/000/core/xhr_send")).isBetween(64 << 10, 128 << 10);
    assertThat(post("/sockjs/000/core/xhr", "").body()).as("a poll brings the answer").contains("admission_unavailable");
    assertThat(post("/sockjs/000/core/xhr_send", message("{\"type\":\"ping\"}")).statusCode()).as("it is read again").isEqualTo(204);
  }

  @Test
  void whatIsPostedToTheBridgeIsBounded() throws Exception {
    String token = "?token=" + gateway.token("ann");
    post("/eventbus/000/bridge/xhr" + token, "");
    assertThat(flood("/eventbus/000/bridge/xhr_send" + token)).isBetween(64 << 10, 128 << 10);
    assertThat(post("/eventbus/000/bridge/xhr" + token, "").body()).contains("admission_unavailable");
  }

  @ParameterizedTest
  @ValueSource(strings = {"sockjs", "eventbus"})
  void aWebSocketOfASessionIsNotReadMeanwhile(String endpoint) {
    String token = gateway.token("ann");
    try (RawSocket socket = RawSocket.connect(gateway.port()).upgrade("/" + endpoint + "/000/socket/websocket?token=" + token)) {
      socket.send(message(new JsonObject().put("type", "auth").put("token", token).encode()));
      byte[] frame = RawSocket.frame(RawSocket.FIN | RawSocket.TEXT, message("x".repeat(30_000)));
      AtomicLong sent = new AtomicLong();
      Thread flood = new Thread(() -> {
        while (sent.get() < MORE_THAN_THE_KERNEL_KEEPS && socket.trySend(frame)) {
          sent.addAndGet(frame.length);
        }
      });
      flood.setDaemon(true);
      flood.start();
      for (RawSocket.Received next = socket.next(); !(next instanceof RawSocket.Text answer && answer.text().contains("admission_unavailable")); next = socket.next()) {
        assertThat(next).isNotInstanceOf(RawSocket.End.class);
        assertThat(sent.get()).isLessThan(MORE_THAN_THE_KERNEL_KEEPS);
      }
      assertThat(sent.get()).as("bytes that somebody took: %s", sent).isLessThan(MORE_THAN_THE_KERNEL_KEEPS);
    }
  }
}
