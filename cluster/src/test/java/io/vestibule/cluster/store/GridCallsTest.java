package io.vestibule.cluster.store;

import static io.vestibule.cluster.TestCluster.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GridCallsTest {
  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
  private final CountDownLatch mapIsThere = new CountDownLatch(1);

  @AfterEach
  void close() {
    await(vertx.close());
  }

  private static <T> T with(Class<T> type, InvocationHandler answers) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, answers));
  }

  /** Both ask while the map is made: neither may be answered on the other's event loop. */
  @Test
  void eachIsAnsweredOnItsOwnContextAlsoByTheFirstCalls() {
    IMap<?, ?> map = with(IMap.class, (proxy, method, args) -> CompletableFuture.completedFuture(new byte[0]));
    HazelcastInstance grid = with(HazelcastInstance.class, (proxy, method, args) -> {
      mapIsThere.await();
      return map;
    });
    GridCalls<Object> calls = new GridCalls<>(vertx, grid, "map", Duration.ofSeconds(60));
    List<Context> contexts = Stream.generate(vertx::getOrCreateContext).limit(2).toList();
    List<Future<Context>> answered = contexts.stream().map(context -> on(context, calls)).toList();
    mapIsThere.countDown();
    assertThat(answered.stream().map(future -> await(future)).toList()).isEqualTo(contexts).doesNotHaveDuplicates();
  }

  /** Has asked when it returns; which context it is answered on. */
  private static Future<Context> on(Context context, GridCalls<Object> calls) {
    Promise<Context> answered = Promise.promise();
    Promise<Void> asked = Promise.promise();
    context.runOnContext(here -> {
      calls.call("key", entry -> new byte[0]).onComplete(answer -> answered.complete(Vertx.currentContext()));
      asked.complete();
    });
    await(asked.future());
    return answered.future();
  }
}
