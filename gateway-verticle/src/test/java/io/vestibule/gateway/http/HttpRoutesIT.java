package io.vestibule.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetSocket;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.http.TestServer.Reply;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpRoutesIT {
  private static final Map<String, String> KEY_AND_TYPE = Map.of("X-API-Key", TestServer.API_KEY, "Content-Type", "application/json");

  private static TestServer server;

  @BeforeAll
  static void start() {
    TestServer.Options options = new TestServer.Options();
    options.allowedOrigins = List.of("https://app.example.com");
    options.operations = List.of(router -> {
      router.get("/boom").handler(routed -> {
        throw new IllegalStateException("a surprise");
      });
      router.get("/busy").handler(routed -> routed.fail(Failure.of(ErrorReason.UNAVAILABLE).retryAfter(1_200)));
    });
    server = new TestServer(options);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Reply get(String path, Map<String, String> headers) {
    return server.send(HttpMethod.GET, path, headers, null);
  }

  @Test
  void aProblemHasTheCataloguesWords() {
    Reply reply = get("/nowhere?token=secret", Map.of("X-Correlation-Id", "my-flow.1:2_3"));

    assertThat(reply.status()).isEqualTo(404);
    assertThat(reply.headers().get("Content-Type")).isEqualTo("application/problem+json");
    assertThat(reply.body()).isEqualTo(new JsonObject()
        .put("type", "urn:vestibule:error:not_found").put("title", ErrorReason.NOT_FOUND.text()).put("status", 404)
        .put("detail", ErrorReason.NOT_FOUND.text()).put("reason", "not_found").put("details", new JsonObject()).put("temporary", false)
        .put("correlationId", "my-flow.1:2_3"));
    assertThat(reply.headers().get("X-Correlation-Id")).isEqualTo("my-flow.1:2_3");
  }

  @Test
  void everyResponseSaysHowLongItTook() {
    assertThat(get("/", Map.of()).headers().get("X-Response-Time")).matches("\\d+\\.\\d{3}ms");
    assertThat(get("/nowhere", Map.of()).headers().get("X-Response-Time")).matches("\\d+\\.\\d{3}ms");
    assertThat(server.api("publish", "{\"topic\":\"a\",\"data\":1}").headers().get("X-Response-Time")).matches("\\d+\\.\\d{3}ms");
  }

  @ParameterizedTest
  @ValueSource(strings = {"with space", "a\"b", "<script>", "ümlaut", ""})
  void anUnusableCorrelationIdIsReplaced(String given) {
    assertThat(get("/", Map.of("X-Correlation-Id", given)).headers().get("X-Correlation-Id")).matches("[0-9a-f]{16}");
  }

  @Test
  void aLongCorrelationIdIsReplaced() {
    assertThat(get("/", Map.of("X-Correlation-Id", "x".repeat(128))).headers().get("X-Correlation-Id")).hasSize(128);
    assertThat(get("/", Map.of("X-Correlation-Id", "x".repeat(129))).headers().get("X-Correlation-Id")).hasSize(16);
  }

  @Test
  void theWrongMethodIsToldTheRightOne() {
    Reply reply = get("/api/publish", Map.of());
    assertThat(reply.status()).isEqualTo(405);
    assertThat(reply.reason()).isEqualTo("method_not_allowed");
    assertThat(reply.headers().get("Allow")).isEqualTo("POST");
    assertThat(server.send(HttpMethod.DELETE, "/busy", Map.of(), null).headers().get("Allow")).isEqualTo("GET");
  }

  @Test
  void onlyJsonIsTaken() {
    Reply reply = server.send(HttpMethod.POST, "/api/publish", Map.of("X-API-Key", TestServer.API_KEY, "Content-Type", "text/plain"), "{}");
    assertThat(reply.status()).isEqualTo(415);
    assertThat(reply.reason()).isEqualTo("media_type");
    assertThat(server.send(HttpMethod.POST, "/api/publish", Map.of("X-API-Key", TestServer.API_KEY), "{}").status()).isEqualTo(415);
    Reply charset = server.send(HttpMethod.POST, "/api/publish",
        Map.of("X-API-Key", TestServer.API_KEY, "Content-Type", "Application/JSON; charset=utf-8"), "{\"topic\":\"a\",\"data\":1}");
    assertThat(charset.status()).isEqualTo(200);
  }

  @Test
  void aMissingBodyIsNoJson() {
    assertThat(server.send(HttpMethod.POST, "/api/publish", KEY_AND_TYPE, null).reason()).isEqualTo("not_json");
    assertThat(server.send(HttpMethod.POST, "/api/publish", KEY_AND_TYPE, "").reason()).isEqualTo("not_json");
  }

  @Test
  void aLargeBodyIsRefused() {
    Reply reply = server.send(HttpMethod.POST, "/api/publish", KEY_AND_TYPE, "x".repeat(17 * 1024));
    assertThat(reply.status()).isEqualTo(413);
    assertThat(reply.reason()).isEqualTo("message_too_large");
  }

  @Test
  void aBodyWithoutEndFromAStrangerIsAnsweredAndThenCutOff() {
    NetSocket socket = TestServer.await(server.vertx.createNetClient().connect(server.port(), "127.0.0.1"));
    StringBuffer answer = new StringBuffer();
    AtomicBoolean closed = new AtomicBoolean();
    socket.handler(bytes -> answer.append(bytes.toString())).closeHandler(v -> closed.set(true));
    socket.write("POST /api/publish HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");

    TestServer.eventually(() -> answer.toString().startsWith("HTTP/1.1 401"));
    TestServer.eventually(closed::get);
  }

  @Test
  void aConnectionLivesOnAfterARefusal() {
    NetSocket socket = TestServer.await(server.vertx.createNetClient().connect(server.port(), "127.0.0.1"));
    StringBuffer answer = new StringBuffer();
    socket.handler(bytes -> answer.append(bytes.toString()));
    String refused = "POST /api/publish HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}";
    socket.write(refused + refused + "GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n");

    TestServer.eventually(() -> answer.toString().contains("HTTP/1.1 404"));
    assertThat(answer.toString().split("HTTP/1.1 401", -1)).hasSize(3);
    socket.close();
  }

  @Test
  void aSurpriseTellsNothingOfItself() {
    Reply reply = get("/boom", Map.of());
    assertThat(reply.status()).isEqualTo(500);
    assertThat(reply.reason()).isEqualTo("internal");
    assertThat(reply.raw().toString()).doesNotContain("surprise", "IllegalState");
  }

  @Test
  void retryAfterIsInWholeSeconds() {
    Reply reply = get("/busy", Map.of());
    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.headers().get("Retry-After")).isEqualTo("2");
    assertThat(reply.body().getLong("retryAfterMs")).isEqualTo(1200);
    assertThat(reply.body().getBoolean("temporary")).isTrue();
  }

  @Test
  void aMalformedPathIsTheClientsFault() {
    Reply reply = get("/%zz", Map.of());
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.headers().get("Content-Type")).isEqualTo("application/problem+json");
    assertThat(reply.headers().get("X-Correlation-Id")).isEqualTo(reply.body().getString("correlationId"));
  }

  @Test
  void aRequestWithoutAHostIsTheClientsFault() {
    NetSocket socket = TestServer.await(server.vertx.createNetClient().connect(server.port(), "127.0.0.1"));
    StringBuffer answer = new StringBuffer();
    socket.handler(bytes -> answer.append(bytes.toString()));
    socket.write("GET / HTTP/1.1\r\n\r\n");
    TestServer.eventually(() -> answer.toString().contains("\"reason\":\"invalid_value\""));
    assertThat(answer.toString()).startsWith("HTTP/1.1 400").containsIgnoringCase("x-correlation-id");
    socket.close();
  }

  @Test
  void aListedOriginMayCallTheApi() {
    Map<String, String> preflight = Map.of("Origin", "https://app.example.com", "Access-Control-Request-Method", "POST");
    Reply options = server.send(HttpMethod.OPTIONS, "/api/publish", preflight, null);
    assertThat(options.status()).isEqualTo(204);
    assertThat(options.headers().get("Access-Control-Allow-Origin")).isEqualTo("https://app.example.com");
    assertThat(options.headers().get("Access-Control-Allow-Methods")).isEqualTo("GET, POST");
    assertThat(options.headers().get("Access-Control-Allow-Headers")).contains("Authorization", "X-API-Key");
    assertThat(options.headers().get("Vary")).isEqualToIgnoringCase("Origin");
    assertThat(options.headers().contains("Access-Control-Allow-Credentials")).isFalse();

    Reply refused = server.send(HttpMethod.POST, "/api/publish", Map.of("Origin", "https://app.example.com"), "{}");
    assertThat(refused.status()).isEqualTo(401);
    assertThat(refused.headers().get("Access-Control-Allow-Origin")).isEqualTo("https://app.example.com");
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://evil.example.com", "http://app.example.com", "https://app.example.com.evil.com", "null"})
  void anotherOriginMayNot(String origin) {
    Reply options = server.send(HttpMethod.OPTIONS, "/api/publish", Map.of("Origin", origin, "Access-Control-Request-Method", "POST"), null);
    assertThat(options.status()).isEqualTo(403);
    assertThat(options.reason()).isEqualTo("forbidden_origin");
    assertThat(options.headers().contains("Access-Control-Allow-Origin")).isFalse();
    assertThat(server.send(HttpMethod.POST, "/api/publish", Map.of("Origin", origin), "{}").headers().contains("Access-Control-Allow-Origin")).isFalse();
  }

  @Test
  void outsideOfDevelopmentThereIsNoPageAndNoToken() {
    assertThat(get("/", Map.of()).body()).isEqualTo(new JsonObject().put("name", "vestibule"));
    assertThat(get("/app.js", Map.of()).status()).isEqualTo(404);
    assertThat(server.send(HttpMethod.POST, "/dev/token", Map.of("Content-Type", "application/json"), "{\"sub\":\"a\"}").status()).isEqualTo(404);
  }
}
