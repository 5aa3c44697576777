package io.vestibule.gateway.http;

import io.vertx.core.MultiMap;
import io.vestibule.gateway.limit.LimitState;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * Tells a client how its limits stand: the widespread {@code X-RateLimit-*}, which speak of the binding limit alone, and {@code RateLimit-Policy} and {@code RateLimit}
 * (draft-ietf-httpapi-ratelimit-headers-11, sections 3 and 4), which list them all: Lists of Strings with Integer parameters (RFC 9651). Of {@code t}, the effective window, section
 * 4.1.2 says that the client can use no more than {@code r} within it: here that ends when one more comes back, which for an {@code r} of 0 is what {@code Retry-After} says too, as section 6 wants.
 */
public final class RateLimitHeaders {
  /** What scripts of other origins may read. */
  static final String EXPOSED =
      "X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, X-RateLimit-Window, X-RateLimit-Policy, RateLimit-Policy, RateLimit";

  /** The largest Integer of RFC 9651, section 3.3.1. */
  private static final long MOST = 999_999_999_999_999L;

  private RateLimitHeaders() {}

  /**
   * Adds the headers; nothing where there is no limit.
   *
   * @param states all limits that the call counted against
   * @param epochMs Unix milliseconds
   */
  public static void add(MultiMap headers, List<LimitState> states, long epochMs) {
    LimitState.binding(states).ifPresent(binding -> headers
        .set("X-RateLimit-Limit", Integer.toString(binding.limit()))
        .set("X-RateLimit-Remaining", Integer.toString(binding.remaining()))
        .set("X-RateLimit-Reset", Long.toString(wholeSeconds(epochMs + binding.fullInMs())))
        .set("X-RateLimit-Window", Long.toString(window(binding)))
        .set("X-RateLimit-Policy", binding.policy())
        .set("RateLimit-Policy", list(states, "q", LimitState::limit, "w", RateLimitHeaders::window))
        .set("RateLimit", list(states, "r", LimitState::remaining, "t", state -> wholeSeconds(state.nextInMs()))));
  }

  private static String list(List<LimitState> states, String first, ToLongFunction<LimitState> firstOf, String second, ToLongFunction<LimitState> secondOf) {
    return states.stream().map(state -> "\"" + state.policy() + "\";" + first + "=" + bounded(firstOf.applyAsLong(state)) + ";" + second + "="
        + bounded(secondOf.applyAsLong(state))).collect(Collectors.joining(", "));
  }

  private static long window(LimitState state) {
    return Math.max(1, wholeSeconds(state.windowMs()));
  }

  private static long wholeSeconds(long millis) {
    return (millis + TimeUnit.SECONDS.toMillis(1) - 1) / TimeUnit.SECONDS.toMillis(1);
  }

  private static long bounded(long value) {
    return Math.max(0, Math.min(MOST, value));
  }
}
