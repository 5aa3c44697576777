package io.vestibule.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vestibule.gateway.http.TestServer.Reply;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DevelopmentIT {
  private static final Map<String, String> JSON = Map.of("Content-Type", "application/json");

  private static TestServer server;

  @BeforeAll
  static void start() {
    TestServer.Options options = new TestServer.Options();
    options.development = true;
    server = new TestServer(options);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Reply mint(String body) {
    return server.send(HttpMethod.POST, "/dev/token", JSON, body);
  }

  private static JsonObject claims(Reply reply) {
    assertThat(reply.status()).as(reply.raw().toString()).isEqualTo(200);
    return new JsonObject(new String(Base64.getUrlDecoder().decode(reply.body().getString("token").split("\\.")[1])));
  }

  @Test
  void thePageIsServedWithAStrictPolicy() {
    Reply index = server.send(HttpMethod.GET, "/", Map.of(), null);
    assertThat(index.status()).isEqualTo(200);
    assertThat(index.headers().get("Content-Type")).isEqualTo("text/html; charset=utf-8");
    assertThat(index.headers().get("Content-Security-Policy")).contains("default-src 'self'", "frame-ancestors 'none'").doesNotContain("unsafe");
    assertThat(index.headers().get("X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(index.headers().get("Cache-Control")).isEqualTo("no-cache");
    assertThat(index.raw().toString()).contains("/app.js", "/style.css");
    assertThat(server.send(HttpMethod.GET, "/app.js", Map.of(), null).headers().get("Content-Type")).startsWith("text/javascript");
    assertThat(server.send(HttpMethod.GET, "/icon.svg", Map.of(), null).headers().get("Content-Type")).isEqualTo("image/svg+xml");
  }

  @Test
  void whoeverAsksGetsAToken() {
    JsonObject claims = claims(mint("{\"sub\":\"ada\"}"));
    assertThat(claims.getString("sub")).isEqualTo("ada");
    assertThat(claims.getLong("exp") - claims.getLong("iat")).isEqualTo(3600);
  }

  @Test
  void theTokenDoesWhatWasAskedFor() {
    Reply minted = mint("{\"sub\":\"ada\",\"ttl\":\"5m\",\"caps\":{\"api\":[\"publish\"]},\"info\":{\"name\":\"Ada\"}}");
    JsonObject claims = claims(minted);
    assertThat(claims.getLong("exp") - claims.getLong("iat")).isEqualTo(300);
    assertThat(claims.getJsonObject("info").getString("name")).isEqualTo("Ada");
    Reply published = server.send(HttpMethod.POST, "/api/publish",
        Map.of("Content-Type", "application/json", "Authorization", "Bearer " + minted.body().getString("token")), "{\"topic\":\"a\",\"data\":1}");
    assertThat(published.status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
      "{}                                          | missing_field | sub",
      "{\"sub\":\"\"}                              | invalid_value | sub",
      "{\"sub\":1}                                 | wrong_type    | sub",
      "{\"sub\":\"a\",\"ttl\":\"soon\"}            | invalid_value | ttl",
      "{\"sub\":\"a\",\"ttl\":\"31d\"}             | invalid_value | ttl",
      "{\"sub\":\"a\",\"ttl\":3600}                | wrong_type    | ttl",
      "{\"sub\":\"a\",\"caps\":[]}                 | wrong_type    | caps",
      "{\"sub\":\"a\",\"caps\":{\"subscribe\":1}}  | invalid_value | caps.subscribe",
      "{\"sub\":\"a\",\"admin\":true}              | unknown_field | admin",
  })
  void aMalformedWishIsRefusedByName(String body, String reason, String field) {
    Reply reply = mint(body);
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.reason()).isEqualTo(reason);
    assertThat(reply.body().getJsonObject("details").getString("field")).isEqualTo(field);
  }

  @ParameterizedTest
  @ValueSource(strings = {"evil.example.com", "127.0.0.1.example.com", "localhost.example.com", "10.0.0.1"})
  void aNameThatWasMadeToResolveHereGetsNone(String host) {
    Reply reply = server.send(host, HttpMethod.POST, "/dev/token", JSON, "{\"sub\":\"a\"}");
    assertThat(reply.status()).isEqualTo(403);
    assertThat(reply.reason()).isEqualTo("forbidden_origin");
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "LOCALHOST", "app.localhost", "127.0.0.1", "127.3.2.1", "[::1]"})
  void thisMachineDoes(String host) {
    assertThat(server.send(host, HttpMethod.POST, "/dev/token", JSON, "{\"sub\":\"a\"}").status()).isEqualTo(200);
  }

  @Test
  void onlyThePageItselfMayAsk() {
    Map<String, String> own = Map.of("Content-Type", "application/json", "Origin", "http://127.0.0.1:" + server.port());
    assertThat(server.send(HttpMethod.POST, "/dev/token", own, "{\"sub\":\"a\"}").status()).isEqualTo(200);
    for (String origin : new String[] {"http://127.0.0.1:1", "http://evil.example.com", "null", "https://127.0.0.1:" + server.port()}) {
      Map<String, String> other = Map.of("Content-Type", "application/json", "Origin", origin);
      assertThat(server.send(HttpMethod.POST, "/dev/token", other, "{\"sub\":\"a\"}").status()).as(origin).isEqualTo(403);
    }
  }

  @Test
  void aFormCannotAsk() {
    assertThat(server.send(HttpMethod.POST, "/dev/token", Map.of("Content-Type", "text/plain"), "{\"sub\":\"a\"}").status()).isEqualTo(415);
  }

  @Test
  void aLargeWishIsRefused() {
    assertThat(mint("{\"sub\":\"" + "x".repeat(17_000) + "\"}").status()).isEqualTo(413);
  }
}
