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
    private final FlushQueue queue;
    private final Pace pace;
    private long flushedAt;

    Socket(String name, FlushQueue queue) {
      this.name = name;
      this.queue = queue;
      this.pace = queue.pace(this);
    }

    void answer() {
      queue.flushSoon(pace);
    }

    void deliver() {
      queue.delivered(pace);
    }

    @Override
    public void flush() {
      flushedAt = System.nanoTime();
      flushed.add(name);
    }
  }

  private <T> T onLoop(java.util.concurrent.Callable<T> action) throws Exception {
    return loop.submit(action).get(60, TimeUnit.SECONDS);
  }

  private void onLoop(Runnable action) throws Exception {
    loop.submit(action).get(60, TimeUnit.SECONDS);
  }

  private void awaitFlushes(int count) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (onLoop(() -> flushed.size()) < count && System.nanoTime() < deadline) {
      LockSupport.parkNanos(1_000_000);
    }
  }

  @Test
  void whatIsWrittenInOneTurnIsFlushedAtItsEnd() throws Exception {
    FlushQueue queue = new FlushQueue(loop, TimeUnit.HOURS.toNanos(1));
    onLoop(() -> {
      Socket a = new Socket("a", queue);
      Socket b = new Socket("b", queue);
      a.deliver();
      b.answer();
      a.deliver();
      b.answer();
      assertThat(flushed).isEmpty();
    });
    assertThat(onLoop(() -> List.copyOf(flushed))).containsExactly("a", "b");
  }

  @Test
  void aDeliveryToWhoWasFlushedAMomentAgoWaitsForTheDelay() throws Exception {
    // So long that hardly any machine is late enough to let it pass between two lines; where one is, it was not a moment ago.
    long delay = TimeUnit.SECONDS.toNanos(2);
    FlushQueue queue = new FlushQueue(loop, delay);
    boolean late = true;
    while (late) {
      Socket busy = new Socket("busy", queue);
      stream(busy);
      long before = busy.flushedAt;
      long added = System.nanoTime();
      onLoop(() -> {
        flushed.clear();
        busy.deliver();
        new Socket("idle", queue).deliver();
      });
      List<String> atOnce = onLoop(() -> List.copyOf(flushed));
      late = System.nanoTime() - before >= delay;
      awaitFlushes(2);
      if (!late) {
        assertThat(atOnce).containsExactly("idle");
        assertThat(flushed).containsExactly("idle", "busy");
        assertThat(busy.flushedAt - added).isGreaterThanOrEqualTo(delay);
      }
    }
  }

  @Test
  void anAnswerTakesAlongWhatWaits() throws Exception {
    FlushQueue queue = new FlushQueue(loop, TimeUnit.HOURS.toNanos(1));
    Socket busy = new Socket("busy", queue);
    stream(busy);
    onLoop(() -> {
      flushed.clear();
      busy.deliver();
    });
    assertThat(onLoop(() -> List.copyOf(flushed))).isEmpty();
    onLoop(busy::answer);
    assertThat(onLoop(() -> List.copyOf(flushed))).containsExactly("busy");
  }

  @Test
  void withoutADelayNobodyWaits() throws Exception {
    FlushQueue queue = new FlushQueue(loop, 0);
    Socket a = new Socket("a", queue);
    for (int i = 0; i < 10; i++) {
      onLoop(a::deliver);
    }
    assertThat(onLoop(() -> flushed.size())).isEqualTo(10);
  }

  /** Lets a socket know that it has a fast stream; it ends just after a flush, and a few messages before the next. */
  private void stream(Socket socket) throws Exception {
    for (int i = 0; i < 300; i++) {
      onLoop(socket::deliver);
    }
    onLoop(socket::answer);
  }

  @Test
  void oneThatFailsKeepsNoOtherFromBeingFlushedNorTheNextTurn() throws Exception {
    for (Throwable failure : List.of(new IllegalStateException("it broke"), new OutOfMemoryError("no direct memory"))) {
      for (boolean held : new boolean[] {false, true}) {
        FlushQueue queue = new FlushQueue(loop, TimeUnit.MILLISECONDS.toNanos(500));
        List<Socket> sockets = List.of(new Socket("before", queue), new Socket("broken", queue) {
          @Override
          public void flush() {
            super.flush();
            FlushQueueTest.<RuntimeException>sneak(failure);
          }
        }, new Socket("behind", queue));
        for (Socket socket : sockets) {
          if (held) {
            stream(socket);
          }
        }
        onLoop(() -> {
          flushed.clear();
          sockets.forEach(Socket::deliver);
        });
        awaitFlushes(3);
        assertThat(onLoop(() -> List.copyOf(flushed))).containsExactlyInAnyOrder("before", "broken", "behind");
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
    Socket later = new Socket("later", queue);
    onLoop(() -> {
      new Socket("first", queue) {
        @Override
        public void flush() {
          super.flush();
          later.deliver();
        }
      }.deliver();
      new Socket("second", queue).deliver();
    });
    onLoop(() -> { });
    assertThat(onLoop(() -> List.copyOf(flushed))).containsExactly("first", "second", "later");
  }
}
