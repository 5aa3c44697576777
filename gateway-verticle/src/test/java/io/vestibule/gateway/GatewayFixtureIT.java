package io.vestibule.gateway;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The fixture finds what it is there to find. */
class GatewayFixtureIT {
  private static final long ATTEMPT_NANOS = TimeUnit.SECONDS.toNanos(2);

  @Test
  void anEventLoopThatWaitsIsFound() {
    assertThatThrownBy(() -> onLoop(released -> {
      try {
        released.await(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    })).isInstanceOf(AssertionError.class).hasMessageContaining("CountDownLatch.await");
  }

  @Test
  void anEventLoopThatWorksTooLongIsFound() {
    assertThatThrownBy(() -> onLoop(released -> {
      while (released.getCount() > 0) {
        Thread.onSpinWait();
      }
    })).isInstanceOf(AssertionError.class).hasMessageContaining("GatewayFixtureIT");
  }

  /** Keeps an event loop busy until that was found: time and again, since a watch that was late itself blames nobody for waiting at that time. */
  private static void onLoop(Consumer<CountDownLatch> action) throws Exception {
    try (GatewayFixture gateway = GatewayFixture.start()) {
      GatewayFixture.until("it is found", () -> isFoundNow(gateway, action));
    }
  }

  private static boolean isFoundNow(GatewayFixture gateway, Consumer<CountDownLatch> action) {
    CountDownLatch released = new CountDownLatch(1);
    gateway.gateway().instances().get(0).context().runOnContext(here -> action.accept(released));
    long began = System.nanoTime();
    try {
      GatewayFixture.until("it is found, or was not", () -> gateway.hasFoundABlockedLoop() || System.nanoTime() - began > ATTEMPT_NANOS);
    } finally {
      released.countDown();
    }
    return gateway.hasFoundABlockedLoop();
  }

  @Test
  void aLostBufferIsFound() {
    Assumptions.assumeTrue(ResourceLeakDetector.getLevel() == ResourceLeakDetector.Level.PARANOID);
    assertThatThrownBy(GatewayFixtureIT::loseABuffer).isInstanceOf(AssertionError.class).hasMessageContaining("LEAK");
  }

  private static void loseABuffer() throws Exception {
    try (GatewayFixture gateway = GatewayFixture.start()) {
      CountDownLatch lost = new CountDownLatch(1);
      gateway.gateway().instances().get(0).context().runOnContext(here -> {
        ByteBufAllocator.DEFAULT.directBuffer(64).writeByte(1);
        lost.countDown();
      });
      lost.await(1, TimeUnit.MINUTES);
    }
  }
}
