package io.vestibule.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.http.HttpConnection;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HandshakeGuardTest {
  private final List<HttpConnection> closed = new ArrayList<>();
  private final HandshakeGuard guard = new HandshakeGuard(1_000);

  /** A connection that can do nothing but be closed, and tells the guard of it, as a real one does. */
  private HttpConnection connection() {
    return (HttpConnection) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {HttpConnection.class}, (self, method, args) -> {
      switch (method.getName()) {
        case "close" -> {
          closed.add((HttpConnection) self);
          guard.done((HttpConnection) self);
          return null;
        }
        case "equals" -> {
          return self == args[0];
        }
        case "hashCode" -> {
          return System.identityHashCode(self);
        }
        default -> throw new UnsupportedOperationException(method.getName());
      }
    });
  }

  private HttpConnection opened(long nowMs) {
    HttpConnection connection = connection();
    guard.opened(connection, nowMs);
    return connection;
  }

  @Test
  void whoeverDoesNotGetToThePointIsEndedInTime() {
    HttpConnection early = opened(0);
    HttpConnection late = opened(500);
    guard.tick(999);
    assertThat(closed).isEmpty();
    guard.tick(1_000);
    assertThat(closed).containsExactly(early);
    guard.tick(5_000);
    assertThat(closed).containsExactly(early, late);
    guard.tick(10_000);
    assertThat(closed).hasSize(2);
  }

  @Test
  void whoeverHasAskedIsLeftAlone() {
    HttpConnection first = opened(0);
    HttpConnection second = opened(0);
    guard.done(first);
    guard.done(first);
    guard.tick(5_000);
    assertThat(closed).containsExactly(second);
  }

  @Test
  void ofTooManyTheLongestWaitingIsEnded() {
    List<HttpConnection> all = new ArrayList<>();
    for (int i = 0; i < 10_005; i++) {
      all.add(opened(0));
    }
    assertThat(closed).containsExactlyElementsOf(all.subList(0, 5));
  }

  @Test
  void whatHasComeUnnoticedEndsTheWaitInTheEnd() {
    HttpConnection served = connection();
    HttpConnection slow = connection();
    guard.awaits(served, () -> true, 0);
    guard.awaits(slow, () -> false, 0);
    guard.tick(1_000);
    assertThat(closed).containsExactly(slow);
  }

  @Test
  void anotherWaitTakesThePlaceOfTheFirst() {
    HttpConnection again = opened(0);
    HttpConnection once = opened(500);
    guard.opened(again, 900);
    guard.tick(1_500);
    assertThat(closed).containsExactly(once);
    guard.tick(1_900);
    assertThat(closed).containsExactly(once, again);
  }
}
