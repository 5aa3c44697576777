package io.vestibule.bench.client;

import io.netty.buffer.ByteBuf;
import io.vestibule.bench.client.Tokens.TokenException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Whether a server is responsive while others keep it busy: connections with an event loop of their own, each of which sends a {@code ping} at fixed times, whatever became of those before. A time is that
 * from when a ping was due to its {@code pong}; of one that never comes, to the end.
 */
public final class Pings implements AutoCloseable {
  /** So that each event loop of a server of two has some. */
  private static final int CONNECTIONS = 4;
  private static final long EVERY_NANOS = 20_000_000;
  private static final long PATIENCE_NANOS = 2_000_000_000L;
  private static final byte[] PING = "{\"type\":\"ping\"}".getBytes(StandardCharsets.US_ASCII);

  private final Swarm swarm;
  private final List<Pinger> pingers = new ArrayList<>();
  private final Thread clock = new Thread(this::run, "bench-pings");
  private volatile boolean ended;

  /**
   * What came of it.
   *
   * @param unanswered pings without a pong, 2 s after the last
   * @param times nanoseconds
   */
  public record Result(long sent, long unanswered, Histogram times) {}

  private static final class Pinger implements Member.Events {
    final ConcurrentLinkedQueue<Long> due = new ConcurrentLinkedQueue<>();
    final Histogram times = new Histogram(3);
    volatile Connection connection;
    long sent;

    @Override
    public void ready(Connection opened) {
      connection = opened;
    }

    @Override
    public void frame(String type, ByteBuf bytes, int from, int to) {
      if (type.equals("pong")) {
        Long at = due.poll();
        if (at != null) {
          times.recordValue(Math.max(0, System.nanoTime() - at));
        }
      }
    }

    @Override
    public void message(ByteBuf bytes, int from, int to) {
      // Subscribed to nothing.
    }

    @Override
    public void error(String reason) {
      // Its pong is missing then.
    }
  }

  /** Those of a server; not connected yet. */
  public Pings(Target target) {
    swarm = new Swarm(target, 1);
    clock.setDaemon(true);
  }

  /** Connects. */
  public Swarm.Opened open(Tokens tokens, String prefix) throws InterruptedException, TokenException {
    return swarm.open(CONNECTIONS, (i, loop) -> {
      Pinger pinger = new Pinger();
      pingers.add(pinger);
      return new Member(tokens.forUser(prefix + "ping" + i), null, pinger);
    });
  }

  /** Begins to ask. */
  public void start() {
    clock.start();
  }

  private void run() {
    long begun = System.nanoTime();
    try {
      for (long turn = 0; !ended; turn++) {
        Pinger pinger = pingers.get((int) (turn % pingers.size()));
        long due = begun + turn * EVERY_NANOS / pingers.size();
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
          TimeUnit.NANOSECONDS.sleep(left);
        }
        if (pinger.connection != null) {
          pinger.due.add(due);
          pinger.sent++;
          pinger.connection.send(PING);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Asks no more, and waits for the last answers. */
  public Result finish() throws InterruptedException {
    ended = true;
    clock.join();
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (pingers.stream().anyMatch(pinger -> !pinger.due.isEmpty()) && System.nanoTime() < deadline) {
      TimeUnit.MILLISECONDS.sleep(2);
    }
    pingers.stream().filter(pinger -> pinger.connection != null).forEach(pinger -> pinger.connection.leave());
    for (long begin = System.nanoTime(); swarm.live() > 0 && System.nanoTime() - begin < PATIENCE_NANOS; ) {
      TimeUnit.MILLISECONDS.sleep(2);
    }
    close();
    Histogram times = new Histogram(3);
    long now = System.nanoTime();
    long unanswered = 0;
    for (Pinger pinger : pingers) {
      times.add(pinger.times);
      for (long due : pinger.due) {
        times.recordValue(now - due);
        unanswered++;
      }
    }
    return new Result(pingers.stream().mapToLong(pinger -> pinger.sent).sum(), unanswered, times);
  }

  @Override
  public void close() {
    ended = true;
    swarm.close();
  }
}
