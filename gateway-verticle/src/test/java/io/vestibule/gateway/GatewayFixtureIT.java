package io.vestibule.gateway;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The fixture finds what it is there to find. */
class GatewayFixtureIT {

  @Test
  void anEventLoopThatWaitsIsFound() {
    assertThatThrownBy(() -> onLoop(() -> {
      try {
        new CountDownLatch(1).await(700, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    })).isInstanceOf(AssertionError.class).hasMessageContaining("CountDownLatch.await");
  }

  @Test
  void anEventLoopThatWorksTooLongIsFound() {
    assertThatThrownBy(() -> onLoop(() -> {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
      while (System.nanoTime() < end) {
        Thread.onSpinWait();
      }
    })).isInstanceOf(AssertionError.class).hasMessageContaining("GatewayFixtureIT");
  }

  @Test
  void aLostBufferIsFound() {
    Assumptions.assumeTrue(ResourceLeakDetector.getLevel() == ResourceLeakDetector.Level.PARANOID);
    assertThatThrownBy(() -> onLoop(() -> ByteBufAllocator.DEFAULT.directBuffer(64).writeByte(1)))
        .isInstanceOf(AssertionError.class).hasMessageContaining("LEAK");
  }

  private static void onLoop(Runnable action) throws Exception {
    try (GatewayFixture gateway = GatewayFixture.start()) {
      CountDownLatch done = new CountDownLatch(1);
      gateway.gateway().instances().get(0).context().runOnContext(here -> {
        action.run();
        done.countDown();
      });
      done.await(10, TimeUnit.SECONDS);
    }
  }
}
