package io.vestibule.gateway.auth;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.LoopWatch;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.LoggerFactory;

/** A Vert.x with one event loop for verifiers, which fails the test when our code blocked that loop for more than 200 ms. */
final class TokenBench implements AutoCloseable {
  static final long NOW = 1_800_000_000_000L;
  private static final long WAIT_SECONDS = 60;

  private final LoopWatch watch = new LoopWatch(TokenBench.class.getPackageName());
  final Vertx vertx;
  final Context loop;

  TokenBench() {
    // Each refused signature is a line at debug.
    ((Logger) LoggerFactory.getLogger("org.jose4j")).setLevel(Level.INFO);
    ((Logger) LoggerFactory.getLogger("io.netty")).setLevel(Level.INFO);
    vertx = Vertx.vertx(LoopWatch.options());
    watch.begin(vertx);
    loop = vertx.getOrCreateContext();
  }

  KeySource open(AuthConfig.Jwt config) {
    return await(KeySource.open(vertx, new AuthConfig(config, List.of())));
  }

  KeySource open(AuthConfig.Jwt config, JwksTiming timing) {
    return await(KeySource.open(vertx, new AuthConfig(config, List.of()), timing));
  }

  /** Verifies on the event loop. */
  Future<Claims> verify(TokenVerifier verifier, String token) {
    return Future.future(result -> loop.runOnContext(here -> verifier.verify(token).onComplete(result)));
  }

  Claims accepted(TokenVerifier verifier, String token) {
    return await(verify(verifier, token));
  }

  /** The failure of a token that must be refused. */
  Failure refused(TokenVerifier verifier, String token) {
    Object outcome = await(verify(verifier, token).<Object>map(claims -> claims).otherwise(cause -> cause));
    assertThat(outcome).isInstanceOf(Failure.class);
    return (Failure) outcome;
  }

  static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().orTimeout(WAIT_SECONDS, TimeUnit.SECONDS).join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(e.getCause());
    }
  }

  /** Waits for something that happens in its own time, looking every 20 ms. */
  void until(BooleanSupplier condition) {
    await(
        Future.future(
            met -> {
              long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
              vertx.setPeriodic(
                  20,
                  id -> {
                    if (condition.getAsBoolean()) {
                      vertx.cancelTimer(id);
                      met.tryComplete();
                    } else if (System.nanoTime() > giveUp) {
                      vertx.cancelTimer(id);
                      met.tryFail(new AssertionError("the condition was not met in " + WAIT_SECONDS + " s"));
                    }
                  });
            }));
  }

  /** Claims of a token that is good for an hour from {@link #NOW}. */
  static JsonObject claims() {
    return new JsonObject().put("sub", "ann").put("exp", NOW / 1000 + 3600);
  }

  static AuthConfig.Jwt jwt(String secret, List<String> algorithms, List<String> keys, String jwks) {
    return new AuthConfig.Jwt(secret, algorithms, keys, jwks, Duration.ofMinutes(5), "", List.of(), Duration.ofSeconds(5), 100);
  }

  /** A clockwork fast enough to be watched. */
  static JwksTiming fast() {
    return fast(Duration.ofSeconds(10));
  }

  /** As the other, with a deadline of each reading: where that is short a slow machine may miss it, too. */
  static JwksTiming fast(Duration deadline) {
    return new JwksTiming(Duration.ofMillis(200), deadline, Duration.ofMillis(10), Duration.ofMillis(50), Duration.ofMillis(100), Duration.ofMillis(50));
  }

  /** A clockwork in which only tokens and file changes cause readings. */
  static JwksTiming onDemandOnly(Duration onDemand) {
    return new JwksTiming(
        Duration.ofHours(1), Duration.ofSeconds(10), onDemand, Duration.ofHours(1), Duration.ofHours(1), Duration.ofHours(1));
  }

  @Override
  public void close() {
    await(vertx.close());
    watch.close();
    assertThat(watch.blocked()).as("event loop blocked").isEmpty();
  }
}
