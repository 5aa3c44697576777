package io.vestibule.gateway.presence;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InboxTest {
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @Test
  void isFullWhileTheNodeDoesNotGetOnAndLosesNothing() throws Exception {
    var done = new AtomicInteger();
    var goOn = new CountDownLatch(1);
    var allDone = new CountDownLatch(1);
    var inbox = new Inbox(vertx.getOrCreateContext(), () -> { });
    inbox.add(() -> {
      try {
        goOn.await(60, TimeUnit.SECONDS);
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      }
    });
    for (int i = 0; i < Inbox.MOST - 1; i++) {
      inbox.add(done::incrementAndGet);
    }
    inbox.add(done::incrementAndGet);
    assertThat(inbox.isFull()).isTrue();
    inbox.add(done::incrementAndGet);
    inbox.add(allDone::countDown);
    goOn.countDown();
    assertThat(allDone.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(done).hasValue(Inbox.MOST + 1);
    assertThat(inbox.isFull()).isFalse();
  }
}
