package io.vestibule.gateway.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.gateway.auth.KeySet.Origin;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.junit.jupiter.api.Test;

class TokenCacheTest {
  private static final int CAPACITY = 4;

  @Test
  void zeroRemembersNothing() {
    TokenCache cache = new TokenCache(0);
    KeySet keys = keys();
    cache.put(keys, token(1), claims(1_000_000), 0);
    assertThat(cache.get(keys, token(1), 0)).isNull();
    assertThat(cache.size()).isZero();
  }

  /** What happens to a cache. A put says when the token expires; swap is a rotation of the keys. */
  record Step(String kind, int token, long expiresInMs, long passesMs) {}

  /** The same cache, written as slowly and plainly as possible. */
  private record Remembered(int token, long untilMs) {}

  @Property
  void remembersWhatTheModelDoes(@ForAll("histories") List<Step> history) {
    TokenCache cache = new TokenCache(CAPACITY);
    List<Remembered> model = new ArrayList<>();
    KeySet keys = keys();
    long now = 1_000;
    for (Step step : history) {
      now += step.passesMs;
      long at = now;
      switch (step.kind) {
        case "put" -> {
          cache.put(keys, token(step.token), claims(now + step.expiresInMs), now);
          long until = Math.min(now + step.expiresInMs, now + 60_000);
          if (until > now) {
            model.removeIf(one -> one.token == step.token);
            if (model.size() == CAPACITY) {
              model.remove(0);
            }
            model.add(new Remembered(step.token, until));
          }
        }
        case "swap" -> {
          keys = keys();
          model.clear();
        }
        default -> {
          boolean known = model.stream().anyMatch(one -> one.token == step.token && at < one.untilMs);
          assertThat(cache.get(keys, token(step.token), now) != null).isEqualTo(known);
          if (!known) {
            model.removeIf(one -> one.token == step.token);
          }
        }
      }
      assertThat(cache.size()).isLessThanOrEqualTo(CAPACITY);
    }
  }

  @Provide
  Arbitrary<List<Step>> histories() {
    Arbitrary<Step> step =
        Combinators.combine(
                Arbitraries.frequencyOf(
                    Tuple.of(5, Arbitraries.just("put")),
                    Tuple.of(8, Arbitraries.just("get")),
                    Tuple.of(1, Arbitraries.just("swap"))),
                Arbitraries.integers().between(0, 6),
                Arbitraries.longs().between(-10, 120_000),
                Arbitraries.longs().between(0, 40_000))
            .as(Step::new);
    return step.list().ofMaxSize(60);
  }

  private static KeySet keys() {
    return new KeySet(List.of(), Set.of(), Origin.FIXED);
  }

  private static TokenDigest token(int n) {
    return TokenDigest.of("token " + n, TokenDigest.sha256());
  }

  private static Claims claims(long expiresAtMs) {
    return new Claims("ann", expiresAtMs, null, null, Set.of(), null, null, null, false);
  }
}
