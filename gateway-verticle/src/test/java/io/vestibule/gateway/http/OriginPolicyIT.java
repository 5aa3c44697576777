package io.vestibule.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import io.vestibule.gateway.GatewayConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OriginPolicyIT {
  private static final Vertx VERTX = Vertx.vertx();

  @AfterAll
  static void stop() {
    TestServer.await(VERTX.close());
  }

  private static boolean permits(List<String> allowed, List<String> proxies, String host, int port, Map<String, String> headers) {
    var policy = new OriginPolicy(new GatewayConfig.Http("127.0.0.1", 0, Duration.ofSeconds(5), 8192, 4096, 8192, proxies, allowed,
        new GatewayConfig.Tls("", "", "", "")));
    var server = TestServer.await(VERTX.createHttpServer()
        .requestHandler(request -> request.response().end(Boolean.toString(policy.permits(request)))).listen(0, "127.0.0.1"));
    var options = new RequestOptions().setServer(SocketAddress.inetSocketAddress(server.actualPort(), "127.0.0.1")).setHost(host).setPort(port)
        .setMethod(HttpMethod.GET).setURI("/ws");
    headers.forEach(options::addHeader);
    var client = VERTX.createHttpClient();
    try {
      return Boolean.parseBoolean(TestServer.await(client.request(options)
          .compose(request -> request.send().compose(response -> response.body().map(body -> body.toString())))));
    } finally {
      TestServer.await(client.close());
      TestServer.await(server.close());
    }
  }

  @ParameterizedTest
  @CsvSource({
      "http://app.example.com:8080,   true",
      "http://APP.example.com:8080,   true",
      "http://app.example.com,        false",
      "http://app.example.com:8081,   false",
      "https://app.example.com:8080,  false",
      "http://example.com:8080,       false",
      "http://app.example.com.evil.com:8080, false",
      "http://app.example.com:8080/,  false",
      "http://x@app.example.com:8080, false",
      "null,                          false",
      "nonsense,                      false",
      "'',                            false",
  })
  void withoutAListOnlyTheSameOrigin(String origin, boolean permitted) {
    assertThat(permits(List.of(), List.of(), "app.example.com", 8080, Map.of("Origin", origin))).isEqualTo(permitted);
  }

  @Test
  void whoIsNoBrowserSendsNoOrigin() {
    assertThat(permits(List.of(), List.of(), "app.example.com", 80, Map.of())).isTrue();
  }

  @Test
  void theSchemesOwnPortNeedNotBeWritten() {
    assertThat(permits(List.of(), List.of(), "app.example.com", 80, Map.of("Origin", "http://app.example.com"))).isTrue();
    assertThat(permits(List.of(), List.of(), "app.example.com", 80, Map.of("Origin", "http://app.example.com:80"))).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"https://a.example.com, true", "https://a.example.com:443, true", "http://a.example.com, false", "https://b.example.com:8443, true",
      "https://b.example.com, false"})
  void listedOrigins(String origin, boolean permitted) {
    assertThat(permits(List.of("https://a.example.com", "https://B.example.com:8443"), List.of(), "x", 80, Map.of("Origin", origin))).isEqualTo(permitted);
  }

  @ParameterizedTest
  @ValueSource(strings = {"app.example.com", "https://app.example.com/", "https://*.example.com", "null", "", "ftp://a", "wss://a.example.com"})
  void whatIsNoOriginCannotBeListed(String entry) {
    assertThatThrownBy(() -> permits(List.of("https://a.example.com", entry), List.of(), "x", 80, Map.of())).hasMessageContaining("allowed-origins [https://a.example.com, " + entry);
  }

  @Test
  void everybodyIsEverybody() {
    assertThat(permits(List.of("*"), List.of(), "x", 80, Map.of("Origin", "null"))).isTrue();
  }

  @Test
  void onlyATrustedProxySaysHowTheBrowserCame() {
    Map<String, String> headers = Map.of("Origin", "https://app.example.com", "X-Forwarded-Proto", "https");
    assertThat(permits(List.of(), List.of("127.0.0.1"), "app.example.com", 443, headers)).isTrue();
    assertThat(permits(List.of(), List.of("10.0.0.1"), "app.example.com", 443, headers)).isFalse();
    assertThat(permits(List.of(), List.of("::ffff:127.0.0.1"), "app.example.com", 443, headers)).isTrue();
    assertThat(permits(List.of(), List.of("127.0.0.1"), "app.example.com", 443,
        Map.of("Origin", "https://app.example.com", "X-Forwarded-Proto", "https, http"))).isFalse();
  }
}
