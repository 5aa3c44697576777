package io.vestibule.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.DefaultEventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FlushQueueTest {
  private final DefaultEventLoop loop = new DefaultEventLoop();
  private final List<String> flushed = new ArrayList<>();

  @AfterEach
  void stop() {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  /** Something that counts its flushes; all on the event loop. */
  private class Socket implements FlushQueue.Flushable {
    private final String name;
    private long flushedAt;

    Socket(String name, long flushedAt) {
      this.name = name;
      this.flushedAt = flushedAt;
    }

    @Override
    public void flush() {
      flushedAt = System.nanoTime();
      flushed.add(name);
    }

    @Override
    public long flushedAtNanos() {
      return flushedAt;
    }
  }

  private <T> T onLoop(java.util.concurrent.Callable<T> action) throws Exception {
    return loop.submit(action).get(60, TimeUnit.SECONDS);
  }

  private void onLoop(Runnable action) throws Exception {
    loop.submit(action).get(60, TimeUnit.SECONDS);
  }

  private long longAgo() {
    return System.nanoTime() - TimeUnit.HOURS.toNanos(1);
  }

  @Test
  void whatIsWrittenInOneTurnIsFlushedAtItsEnd() throws Exception {
    FlushQueue queue = new FlushQueue(loop, TimeUnit.HOURS.toNanos(1));
    onLoop(() -> {
      queue.add(new Socket("a", longAgo()));
      queue.add(new Socket("b", longAgo()));
      assertThat(flushed).isEmpty();
    });
    assertThat(onLoop(() -> List.copyOf(flushed))).containsExactly("a", "b");
  }

  @Test
  void whatWasFlushedAMomentAgoWaits() throws Exception {
    // So long that no machine is late enough to let it pass between two lines.
    long delay = TimeUnit.SECONDS.toNanos(2);
    FlushQueue queue = new FlushQueue(loop, delay);
    Socket busy = new Socket("busy", 0);
    long added = System.nanoTime();
    onLoop(() -> {
      busy.flushedAt = System.nanoTime();
      queue.add(busy);
      queue.add(new Socket("idle", longAgo()));
    });
    assertThat(onLoop(() -> List.copyOf(flushed)).get(0)).isEqualTo("idle");
    while (onLoop(() -> flushed.size()) < 2) {
      LockSupport.parkNanos(2_000_000);
    }
    assertThat(busy.flushedAt - added).isGreaterThanOrEqualTo(delay);
  }

  @Test
  void withoutADelayNobodyWaits() throws Exception {
    FlushQueue queue = new FlushQueue(loop, 0);
    onLoop(() -> queue.add(new Socket("a", System.nanoTime())));
    assertThat(onLoop(() -> List.copyOf(flushed))).containsExactly("a");
  }

  @Test
  void oneThatFailsKeepsNoOtherFromBeingFlushedNorTheNextTurn() throws Exception {
    FlushQueue queue = new FlushQueue(loop, TimeUnit.MILLISECONDS.toNanos(20));
    for (Throwable failure : List.of(new IllegalStateException("it broke"), new OutOfMemoryError("no direct memory"))) {
      for (long flushedAt : new long[] {longAgo(), System.nanoTime() + TimeUnit.HOURS.toNanos(1)}) {
        flushed.clear();
        onLoop(() -> {
          queue.add(new Socket("before", flushedAt));
          queue.add(new Socket("broken", flushedAt) {
            @Override
            public void flush() {
              super.flush();
              FlushQueueTest.<RuntimeException>sneak(failure);
            }
          });
          queue.add(new Socket("behind", flushedAt));
        });
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (onLoop(() -> flushed.size()) < 3 && System.nanoTime() < deadline) {
          Thread.onSpinWait();
        }
        assertThat(onLoop(() -> List.copyOf(flushed))).containsExactly("before", "broken", "behind");
      }
    }
  }

  /** Throws anything, as a flush that finds no memory does. */
  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void sneak(Throwable failure) throws T {
    throw (T) failure;
  }

  @Test
  void whatIsWrittenDuringAFlushIsFlushedNext() throws Exception {
    FlushQueue queue = new FlushQueue(loop, 0);
    Socket later = new Socket("later", longAgo());
    onLoop(() -> {
      queue.add(new Socket("first", longAgo()) {
        @Override
        public void flush() {
          super.flush();
          queue.add(later);
        }
      });
      queue.add(new Socket("second", longAgo()));
    });
    onLoop(() -> { });
    assertThat(onLoop(() -> List.copyOf(flushed))).containsExactly("first", "second", "later");
  }
}
