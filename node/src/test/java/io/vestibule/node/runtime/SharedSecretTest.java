package io.vestibule.node.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.shareddata.AsyncMap;
import java.lang.reflect.Proxy;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A node starts while the member that has the cluster's secret is killed. */
class SharedSecretTest {
  private static final long DEADLINE = 20_000;

  private final Vertx vertx = Vertx.vertx();
  private final AtomicInteger failures = new AtomicInteger();

  @AfterEach
  void close() {
    await(vertx.close());
  }

  private static <T> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(DEADLINE, TimeUnit.MILLISECONDS).join();
  }

  /** What is put is there, and the answer is lost, so often. */
  @SuppressWarnings("unchecked")
  private AsyncMap<String, String> losingAnswers() {
    AsyncMap<String, String> shared = await(vertx.sharedData().getLocalAsyncMap("secrets"));
    return (AsyncMap<String, String>) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {AsyncMap.class}, (proxy, method, arguments) -> {
      Future<Object> answer = (Future<Object>) method.invoke(shared, arguments);
      return failures.getAndDecrement() > 0 ? answer.compose(done -> Future.failedFuture("indeterminate operation state")) : answer;
    });
  }

  private Future<String> offer(String candidate, long forMillis) {
    return SharedSecret.offer(vertx, losingAnswers(), candidate, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(forMillis));
  }

  @Test
  void anAnswerThatIsLostIsAskedForAgain() {
    failures.set(2);
    assertThat(await(offer("ours", DEADLINE))).isEqualTo("ours");
    failures.set(1);
    assertThat(await(offer("another's", DEADLINE))).as("who comes later is told the first").isEqualTo("ours");
  }

  @Test
  void itIsGivenUpAtTheDeadline() {
    failures.set(Integer.MAX_VALUE);
    assertThatThrownBy(() -> await(offer("ours", 0))).hasMessageContaining("indeterminate operation state");
  }
}
