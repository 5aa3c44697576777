package io.vestibule.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.MultiMap;
import io.vestibule.gateway.limit.LimitState;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class RateLimitHeadersTest {
  private static final long NOW = 1_700_000_000_000L;

  private static MultiMap headers(LimitState... states) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    RateLimitHeaders.add(headers, List.of(states), NOW);
    return headers;
  }

  @Example
  void theBindingOneIsToldInTheOldWayAndAllInTheNew() {
    MultiMap headers = headers(new LimitState("ip-joins", 600, 599, 100, 60_000, 100), new LimitState("user-joins", 60, 58, 2_000, 60_000, 1_000));
    assertThat(headers.get("X-RateLimit-Limit")).isEqualTo("60");
    assertThat(headers.get("X-RateLimit-Remaining")).isEqualTo("58");
    assertThat(headers.get("X-RateLimit-Reset")).isEqualTo("1700000002");
    assertThat(headers.get("X-RateLimit-Window")).isEqualTo("60");
    assertThat(headers.get("X-RateLimit-Policy")).isEqualTo("user-joins");
    assertThat(headers.get("RateLimit-Policy")).isEqualTo("\"ip-joins\";q=600;w=60, \"user-joins\";q=60;w=60");
    assertThat(headers.get("RateLimit")).isEqualTo("\"ip-joins\";r=599;t=1, \"user-joins\";r=58;t=1");
  }

  @Example
  void withoutALimitThereIsNoHeader() {
    assertThat(headers().isEmpty()).isTrue();
  }

  @Property
  void whateverTheStateTheFieldsFollowTheGrammar(@ForAll @IntRange(min = 1) int limit, @ForAll @IntRange int remaining,
      @ForAll @LongRange(min = 0) long resetAtMs, @ForAll @LongRange(min = 0) long windowMs) {
    LimitState state = LimitState.told("user-joins", limit, remaining, resetAtMs, windowMs, NOW);
    MultiMap headers = headers(state, new LimitState("ip-joins", 600, 1, 100, 60_000, 100));
    Map<String, Map<String, Long>> policies = StructuredList.parse(headers.get("RateLimit-Policy"));
    Map<String, Map<String, Long>> limits = StructuredList.parse(headers.get("RateLimit"));
    assertThat(policies.keySet()).isEqualTo(limits.keySet()).containsExactly("user-joins", "ip-joins");
    policies.values().forEach(parameters -> {
      assertThat(parameters).containsOnlyKeys("q", "w");
      assertThat(parameters.get("q")).isNotNegative();
      assertThat(parameters.get("w")).isPositive();
    });
    limits.values().forEach(parameters -> {
      assertThat(parameters).containsOnlyKeys("r", "t");
      assertThat(parameters.values()).allSatisfy(value -> assertThat(value).isNotNegative());
    });
  }

  @Example
  void theGrammarOfTheTestRefusesWhatIsNone() {
    for (String bad : List.of("", "a;q=1", "\"a\";q=1,", "\"a\";Q=1", "\"a\";q=1.5", "\"a\" ;q=1", "\"a\";q=1234567890123456", "\"a\";q=1 \"b\"")) {
      assertThatThrownBy(() -> StructuredList.parse(bad)).as(bad).isInstanceOf(IllegalArgumentException.class);
    }
  }
}
