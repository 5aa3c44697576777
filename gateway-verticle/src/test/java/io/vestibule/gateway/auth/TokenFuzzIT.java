package io.vestibule.gateway.auth;

import static io.vestibule.gateway.auth.TokenBench.claims;
import static io.vestibule.gateway.auth.TokenBench.jwt;
import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.contract.error.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whatever is done to a genuine token: it is never accepted, and always refused with a reason of its own. */
class TokenFuzzIT {
  private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  private static final Map<String, String> GENUINE =
      Stream.of("RS256", "PS256", "ES256", "EdDSA", "HS256").collect(Collectors.toUnmodifiableMap(alg -> alg, TokenFuzzIT::genuine));

  // jqwik's container lifecycle is static; the reference is set once before and closed after.
  private static TokenBench bench;
  private static TokenVerifier verifier;

  @BeforeContainer
  static void open() throws IOException {
    bench = new TokenBench();
    List<String> keys = new ArrayList<>();
    for (String algorithm : List.of("RS256", "PS256", "ES256", "EdDSA")) {
      Path pem = Files.createTempFile("fuzz", ".pem");
      pem.toFile().deleteOnExit();
      keys.add(algorithm + ":" + Files.writeString(pem, TestKeys.pem(TestKeys.pairFor(algorithm).getPublic())));
    }
    verifier = bench.open(jwt(TestKeys.SECRET, List.of(), keys, "")).verifier(() -> TokenBench.NOW);
    GENUINE.values().forEach(token -> assertThat(bench.accepted(verifier, token).userId()).isEqualTo("ann"));
  }

  @AfterContainer
  static void close() {
    bench.close();
  }

  @Property(tries = 3000)
  void mutationsAreRefused(@ForAll("algorithms") String algorithm, @ForAll("mutations") List<Mutation> mutations) {
    String token = GENUINE.get(algorithm);
    String mutated = token;
    for (Mutation mutation : mutations) {
      mutated = mutation.of(mutated);
    }
    Assume.that(!GENUINE.containsValue(mutated));
    assertRefused(mutated);
  }

  @Property(tries = 1000)
  void anyTextIsRefused(@ForAll String text) {
    assertRefused(text);
  }

  @Property(tries = 1000)
  void anyHeaderAndPayloadAreRefused(@ForAll String header, @ForAll String payload, @ForAll byte[] signature) {
    assertRefused(TestKeys.base64(header) + "." + TestKeys.base64(payload) + "." + TestKeys.base64(signature));
  }

  /** Payloads that are signed but hostile: accepted or refused, but never anything else. */
  @Property(tries = 2000)
  void signedNonsenseNeverThrows(@ForAll("members") Map<String, String> members) {
    String json = members.entrySet().stream().map(e -> "\"" + e.getKey() + "\":" + e.getValue()).collect(Collectors.joining(",", "{", "}"));
    Object outcome =
        TokenBench.await(
            bench.verify(verifier, TestKeys.hs("{\"alg\":\"HS256\"}", json, TestKeys.SECRET)).<Object>map(claims -> claims).otherwise(cause -> cause));
    if (outcome instanceof Failure failure) {
      assertThat(failure.reason().slug()).startsWith("token_");
    } else {
      assertThat(outcome).isInstanceOf(Claims.class);
    }
  }

  private static void assertRefused(String token) {
    assertThat(bench.refused(verifier, token).reason().slug()).startsWith("token_");
  }

  @Provide
  Arbitrary<String> algorithms() {
    return Arbitraries.of("HS256", "HS256", "HS256", "RS256", "PS256", "ES256", "EdDSA");
  }

  @Provide
  Arbitrary<Map<String, String>> members() {
    Arbitrary<String> names = Arbitraries.of("sub", "exp", "nbf", "iat", "iss", "aud", "caps", "info", "conn", "class", "admin");
    Arbitrary<String> values =
        Arbitraries.of(
            "null", "true", "0", "-1", "1900000000", "1e308", "1e999", "1.5", "\"\"", "\"ann\"", "\"1900000000\"", "[]", "{}", "[null]", "[[]]",
            "{\"max\":1}", "{\"max\":-1}", "{\"subscribe\":[\"a\"]}", "{\"publish\":{}}", "{\"api\":[null]}", "\"\\ud800\"", "12345678901234567890");
    return Arbitraries.maps(names, values).ofMaxSize(11);
  }

  /** One change of a text. */
  record Mutation(String kind, int position, char letter, int length) {
    String of(String text) {
      if (text.isEmpty()) {
        return text + letter;
      }
      int at = position % text.length();
      int end = Math.min(text.length(), at + length);
      return switch (kind) {
        case "set" -> text.substring(0, at) + letter + text.substring(at + 1);
        case "insert" -> text.substring(0, at) + letter + text.substring(at);
        case "delete" -> text.substring(0, at) + text.substring(end);
        case "double" -> text.substring(0, end) + text.substring(at);
        // The last characters are where base64 has bits to spare.
        case "tail" -> text.substring(0, text.length() - 1) + letter;
        default -> text.substring(0, at);
      };
    }
  }

  @Provide
  Arbitrary<List<Mutation>> mutations() {
    return Combinators.combine(
            Arbitraries.of("set", "insert", "delete", "double", "tail", "cut"),
            Arbitraries.integers().between(0, 10_000),
            Arbitraries.oneOf(Arbitraries.chars().with(ALPHABET), Arbitraries.chars().with(ALPHABET), Arbitraries.of('.', '=', '+', ' ', '\u0000', '\u00e9')),
            Arbitraries.integers().between(1, 40))
        .as(Mutation::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(3);
  }

  private static String genuine(String algorithm) {
    return algorithm.equals("HS256")
        ? TestKeys.hs(claims())
        : TestKeys.signed(algorithm, null, claims(), TestKeys.pairFor(algorithm).getPrivate());
  }
}
