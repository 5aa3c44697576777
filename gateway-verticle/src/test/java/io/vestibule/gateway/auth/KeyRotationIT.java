package io.vestibule.gateway.auth;

import static io.vestibule.gateway.auth.TestKeys.jwk;
import static io.vestibule.gateway.auth.TestKeys.jwks;
import static io.vestibule.gateway.auth.TokenBench.await;
import static io.vestibule.gateway.auth.TokenBench.claims;
import static io.vestibule.gateway.auth.TokenBench.fast;
import static io.vestibule.gateway.auth.TokenBench.jwt;
import static io.vestibule.gateway.auth.TokenBench.onDemandOnly;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vestibule.contract.error.ErrorReason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Key sets that are read from real files and from a real server on loopback, change, break and come back. */
class KeyRotationIT {
  private static final JsonObject OLD = jwks(jwk(TestKeys.RSA.getPublic(), "old", "RS256"));
  private static final JsonObject NEW = jwks(jwk(TestKeys.P256.getPublic(), "new", "ES256"));
  private static final JsonObject BOTH =
      jwks(jwk(TestKeys.RSA.getPublic(), "old", "RS256"), jwk(TestKeys.P256.getPublic(), "new", "ES256"));
  private static final String OLD_TOKEN = TestKeys.signed("RS256", "old", claims(), TestKeys.RSA.getPrivate());
  private static final String NEW_TOKEN = TestKeys.signed("ES256", "new", claims(), TestKeys.P256.getPrivate());

  private final TokenBench bench = new TokenBench();
  private final AtomicReference<Handler<HttpServerRequest>> answer = new AtomicReference<>(serving(OLD));
  private final AtomicInteger requests = new AtomicInteger();
  private HttpServer server;

  @TempDir Path dir;

  /** The first request of a JVM loads a thousand classes on its event loop; it is made where nobody measures. */
  @BeforeAll
  static void loadClasses() {
    Vertx vertx = Vertx.vertx();
    HttpServer once = await(vertx.createHttpServer().requestHandler(serving(OLD)).listen(0, "127.0.0.1"));
    await(new JwksUrl(vertx, "http://127.0.0.1:" + once.actualPort() + "/", Duration.ofSeconds(20)).read());
    await(vertx.close());
  }

  @BeforeEach
  void listen() {
    server =
        await(
            bench.vertx.createHttpServer()
                .requestHandler(request -> {
                  requests.incrementAndGet();
                  answer.get().handle(request);
                })
                .listen(0, "127.0.0.1"));
  }

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void aFileThatChangesIsReadAgain() throws Exception {
    Path file = Files.writeString(dir.resolve("keys.json"), OLD.encode());
    KeySource source = bench.open(jwt("", List.of(), List.of(), file.toString()), fast());
    TokenVerifier verifier = source.verifier(() -> TokenBench.NOW);
    assertThat(bench.accepted(verifier, OLD_TOKEN).userId()).isEqualTo("ann");

    replace(file, NEW.encode());
    bench.until(() -> hasOnly(source, "new"));
    assertThat(bench.accepted(verifier, NEW_TOKEN).userId()).isEqualTo("ann");
    assertThat(bench.refused(verifier, OLD_TOKEN).reason()).as("a remembered token goes with its key").isEqualTo(ErrorReason.TOKEN_ALGORITHM);
  }

  @Test
  void aFileIsWatchedBetweenTheReadings() throws Exception {
    Path file = Files.writeString(dir.resolve("keys.json"), OLD.encode());
    JwksTiming watching =
        new JwksTiming(Duration.ofHours(1), Duration.ofSeconds(10), Duration.ofHours(1), Duration.ofHours(1), Duration.ofHours(1), Duration.ofMillis(30));
    KeySource source = bench.open(jwt("", List.of(), List.of(), file.toString()), watching);
    replace(file, BOTH.encode());
    bench.until(() -> source.keys().keys().size() == 2);
  }

  @Test
  void aBrokenFileKeepsTheOldKeys() throws Exception {
    Path file = Files.writeString(dir.resolve("keys.json"), OLD.encode());
    KeySource source = bench.open(jwt("", List.of(), List.of(), file.toString()), fast());
    TokenVerifier verifier = source.verifier(() -> TokenBench.NOW);
    KeySet before = source.keys();
    for (String broken : List.of("", "{", "{\"keys\":[]}", jwks(new JsonObject().put("kty", "RSA")).encode(), " ".repeat(JwksSource.MAX_BYTES + 1))) {
      replace(file, broken);
      assertThat(await(source.refreshOnDemand().map(source.keys()))).isSameAs(before);
      assertThat(bench.accepted(verifier, OLD_TOKEN).userId()).isEqualTo("ann");
    }
    Files.delete(file);
    await(source.refreshOnDemand());
    assertThat(bench.accepted(verifier, OLD_TOKEN).userId()).isEqualTo("ann");
    replace(file, NEW.encode());
    bench.until(() -> hasOnly(source, "new"));
  }

  @Test
  void aUrlIsReadAgainInItsTime() {
    KeySource source = bench.open(url(), fast());
    TokenVerifier verifier = source.verifier(() -> TokenBench.NOW);
    assertThat(bench.accepted(verifier, OLD_TOKEN).userId()).isEqualTo("ann");
    answer.set(serving(NEW));
    bench.until(() -> hasOnly(source, "new"));
    assertThat(bench.accepted(verifier, NEW_TOKEN).userId()).isEqualTo("ann");
    assertThat(bench.refused(verifier, OLD_TOKEN).reason()).isEqualTo(ErrorReason.TOKEN_ALGORITHM);
  }

  @Test
  void anUnchangedSetKeepsWhatIsRemembered() {
    KeySource source = bench.open(url(), fast());
    KeySet first = source.keys();
    int before = requests.get();
    bench.until(() -> requests.get() > before + 2);
    assertThat(source.keys()).isSameAs(first);
  }

  @Test
  void anUnknownKeyIsLookedUpAtOnceAndItsTokenWaits() {
    KeySource source = bench.open(url(), onDemandOnly(Duration.ZERO));
    TokenVerifier verifier = source.verifier(() -> TokenBench.NOW);
    answer.set(serving(BOTH));
    assertThat(bench.accepted(verifier, NEW_TOKEN).userId()).isEqualTo("ann");
    assertThat(requests).hasValue(2);
  }

  @Test
  void inventedKeyIdsCauseFewReadings() {
    KeySource source = bench.open(url(), onDemandOnly(Duration.ofHours(1)));
    TokenVerifier verifier = source.verifier(() -> TokenBench.NOW);
    for (String kid : List.of("a", "b", "../../../etc/passwd", "' OR 1=1 --", "http://127.0.0.1:1/", "\u0000", "")) {
      String token = TestKeys.signed("RS256", kid, claims(), TestKeys.OTHER_RSA.getPrivate());
      assertThat(bench.refused(verifier, token).reason()).isEqualTo(ErrorReason.TOKEN_SIGNATURE);
    }
    assertThat(requests).hasValue(1);
    String genuineWithWrongKid = TestKeys.signed("RS256", "other", claims(), TestKeys.RSA.getPrivate());
    assertThat(bench.refused(verifier, genuineWithWrongKid).reason()).isEqualTo(ErrorReason.TOKEN_SIGNATURE);
  }

  @Test
  void aHangingServerHitsTheDeadline() {
    answer.set(request -> {});
    long start = System.nanoTime();
    KeySource source = bench.open(url(), fast(Duration.ofSeconds(1)));
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    assertThat(source.ready()).isFalse();
    TokenVerifier verifier = source.verifier(() -> TokenBench.NOW);
    assertThat(bench.refused(verifier, OLD_TOKEN)).satisfies(failure -> {
      assertThat(failure.reason()).isEqualTo(ErrorReason.KEYS_UNAVAILABLE);
      assertThat(failure.reason().temporary()).isTrue();
    });
    assertThat(bench.refused(verifier, TestKeys.hs(claims())).reason()).as("never served by a URL").isEqualTo(ErrorReason.TOKEN_ALGORITHM);
    answer.set(serving(OLD));
    bench.until(source::ready);
    assertThat(bench.accepted(verifier, OLD_TOKEN).userId()).isEqualTo("ann");
  }

  @Test
  void aServerThatDripsHitsTheDeadlineToo() {
    KeySource source = bench.open(url(), fast(Duration.ofSeconds(1)));
    bench.until(source::ready);
    KeySet before = source.keys();
    AtomicInteger dripping = new AtomicInteger();
    answer.set(
        request -> {
          dripping.incrementAndGet();
          request.response().setChunked(true).write("{\"keys\":[");
          long drip = bench.vertx.setPeriodic(20, id -> request.response().write(" "));
          request.connection().closeHandler(closed -> bench.vertx.cancelTimer(drip));
        });
    bench.until(() -> dripping.get() > 1);
    assertThat(source.keys()).isSameAs(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"500", "302", "huge", "html", "oct", "drop", "empty"})
  void aServerThatMisbehavesChangesNothing(String how) {
    KeySource source = bench.open(url(), onDemandOnly(Duration.ZERO));
    KeySet before = source.keys();
    answer.set(misbehaving(how));
    await(source.refreshOnDemand());
    assertThat(requests).hasValue(2);
    assertThat(source.keys()).isSameAs(before);
    answer.set(serving(NEW));
    await(source.refreshOnDemand());
    assertThat(source.keys()).as("and it recovers").isNotSameAs(before);
  }

  @Test
  void aSetOfUnusableKeysIsNoStart() throws Exception {
    answer.set(misbehaving("oct"));
    assertThatThrownBy(() -> bench.open(url(), fast()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("auth.jwt.jwks cannot be used: it has no usable key (key 1: a shared secret is not taken from the network)");
    Path file = Files.writeString(dir.resolve("keys.json"), "{\"keys\":[{\"kty\":\"RSA\"}]}");
    assertThatThrownBy(() -> bench.open(jwt("", List.of(), List.of(), file.toString()), fast())).hasMessageContaining("auth.jwt.jwks cannot be used");
    assertThatThrownBy(() -> bench.open(jwt("", List.of(), List.of(), "/nowhere.json"), fast())).hasMessageContaining("auth.jwt.jwks cannot be used");

    KeySource other = bench.open(jwt(TestKeys.SECRET, List.of(), List.of(), file.toString()), fast());
    assertThat(bench.accepted(other.verifier(() -> TokenBench.NOW), TestKeys.hs(claims())).userId()).as("with another key").isEqualTo("ann");
  }

  @Test
  void closingEndsTheReadings() {
    AtomicInteger ofClosed = new AtomicInteger();
    answer.set(
        request -> {
          ofClosed.addAndGet("x=closed".equals(request.query()) ? 1 : 0);
          serving(OLD).handle(request);
        });
    KeySource closed = bench.open(url("closed"), fast());
    bench.open(url("clock"), fast());
    await(closed.close());
    // What was on its way has arrived when the other source has read twice more; after that there is nothing.
    awaitReadings(2);
    int arrived = ofClosed.get();
    await(closed.refreshOnDemand());
    awaitReadings(5);
    assertThat(ofClosed).hasValue(arrived);
  }

  private void awaitReadings(int more) {
    int before = requests.get();
    bench.until(() -> requests.get() >= before + more);
  }

  private AuthConfig.Jwt url() {
    return url("1");
  }

  private AuthConfig.Jwt url(String name) {
    return jwt("", List.of(), List.of(), "http://127.0.0.1:" + server.actualPort() + "/keys?x=" + name);
  }

  private static boolean hasOnly(KeySource source, String kid) {
    List<VerificationKey> keys = source.keys().keys();
    return keys.size() == 1 && keys.get(0).id().equals(kid);
  }

  private static Handler<HttpServerRequest> serving(JsonObject jwks) {
    return request -> request.response().end(jwks.encode());
  }

  private Handler<HttpServerRequest> misbehaving(String how) {
    return switch (how) {
      case "500" -> request -> request.response().setStatusCode(500).end(NEW.encode());
      case "302" -> request -> request.response().setStatusCode(302).putHeader("Location", "/elsewhere").end();
      case "huge" -> request -> request.response().end(" ".repeat(JwksSource.MAX_BYTES) + NEW.encode());
      case "html" -> request -> request.response().end("<html>");
      case "oct" -> serving(jwks(new JsonObject().put("kty", "oct").put("alg", "HS256").put("k", TestKeys.base64(TestKeys.SECRET))));
      case "drop" -> request -> request.connection().close();
      default -> request -> request.response().end();
    };
  }

  /** Puts a file into the place of another in one step, as tools that rotate keys do. */
  private static void replace(Path file, String text) throws Exception {
    Path next = Files.writeString(file.resolveSibling("next"), text);
    Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }
}
