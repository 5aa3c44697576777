package io.vestibule.cluster;

import static io.vestibule.cluster.TestCluster.await;
import static io.vestibule.cluster.TestCluster.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.core.IndeterminateOperationStateException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.MessageConsumer;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.message.TypingNotice;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Addresses are registered though the grid has a call fail, as it does with those that are under way to a member that is killed. */
class BusRegistrationTest {
  private final Vertx vertx = Vertx.vertx();
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicInteger givenBack = new AtomicInteger();
  private final AtomicInteger fails = new AtomicInteger();
  private RuntimeException failure = new IndeterminateOperationStateException("left");
  private final Bus bus = new Bus(seenBy(Vertx.class, (proxy, method, arguments) -> method.getName().equals("eventBus") ? events() : call(vertx, method, arguments)),
      Duration.ofSeconds(5), new SimpleMeterRegistry());

  @AfterEach
  void close() {
    await(vertx.close());
  }

  @Test
  void aRegistrationThatTheGridHadFailIsRepeated() {
    fails.set(2);
    Registration registration = await(register());
    assertThat(asked).hasValue(3);
    assertThat(givenBack).as("those that failed").hasValue(2);
    await(registration.close());
    assertThat(givenBack).hasValue(3);
  }

  @Test
  void notForEver() {
    fails.set(100);
    assertThat(failureOf(register())).isInstanceOf(IndeterminateOperationStateException.class);
    assertThat(asked).hasValue(5);
  }

  @Test
  void norWhatFailsForAnotherReason() {
    fails.set(1);
    failure = new IllegalStateException("closed");
    assertThat(failureOf(register())).isInstanceOf(IllegalStateException.class);
    assertThat(asked).hasValue(1);
  }

  private Future<Registration> register() {
    return bus.subscribe(Addresses.TYPING, (Consumer<TypingNotice>) notice -> {});
  }

  private EventBus events() {
    EventBus real = vertx.eventBus();
    return seenBy(EventBus.class, (proxy, method, arguments) -> {
      Object answer = call(real, method, arguments);
      return answer instanceof MessageConsumer<?> consumer ? consumer(consumer) : answer;
    });
  }

  private MessageConsumer<?> consumer(MessageConsumer<?> real) {
    return seenBy(MessageConsumer.class, (proxy, method, arguments) -> {
      if (method.getName().equals("completion") && asked.incrementAndGet() <= fails.get()) {
        return Future.failedFuture(failure);
      }
      if (method.getName().equals("unregister")) {
        givenBack.incrementAndGet();
      }
      return call(real, method, arguments);
    });
  }

  private static Object call(Object real, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(real, arguments);
    } catch (InvocationTargetException thrown) {
      throw thrown.getCause();
    }
  }

  private static <T> T seenBy(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
