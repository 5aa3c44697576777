package io.vestibule.bench.client;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Connections being opened: at most so many begun in a second, at most so many under way, and each with a deadline. A server that accepts
 * and says nothing is found out after one deadline, not after one for each connection.
 */
final class Opening {
  private final Target target;
  private final Semaphore slots;
  private final List<Pending> pending = new ArrayList<>();
  private final ConcurrentLinkedQueue<Connection> ready = new ConcurrentLinkedQueue<>();
  private final Map<String, Integer> failures = new ConcurrentHashMap<>();
  private final AtomicInteger settled = new AtomicInteger();
  private volatile long lastReady;

  private record Pending(Connection connection, EventLoop loop) {}

  Opening(Target target, int count) {
    this.target = target;
    this.slots = new Semaphore(Math.min(count, target.handshakes()));
  }

  /** Waits until the next connection may be begun; false when none of those under way has made it in time. */
  boolean awaitTurn(int index, long start) throws InterruptedException {
    long due = start + (long) (index * 1e9 / target.connectRate());
    for (long now = System.nanoTime(); now < due; now = System.nanoTime()) {
      LockSupport.parkNanos(due - now);
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
    return slots.tryAcquire(target.handshakeTimeout().toMillis(), TimeUnit.MILLISECONDS);
  }

  void watch(Connection connection, EventLoop loop) {
    pending.add(new Pending(connection, loop));
  }

  void ready(Connection connection) {
    lastReady = System.nanoTime();
    ready.add(connection);
    settle();
  }

  void failed(String reason) {
    failures.merge(reason, 1, Integer::sum);
    settle();
  }

  /** Counts connections that are not even tried. */
  void giveUp(int count) {
    failures.merge("not tried: the server does not answer", count, Integer::sum);
  }

  /** Waits for those under way, gives up on the rest at the deadline, and returns the outcome. */
  Swarm.Opened await(long start) throws InterruptedException {
    if (!settledWithin(target.handshakeTimeout().toMillis())) {
      for (Pending late : pending) {
        late.loop().execute(() -> late.connection().abandon("not ready in time"));
      }
      settledWithin(target.handshakeTimeout().toMillis());
    }
    double seconds = Math.max(1, lastReady - start) / 1e9;
    return new Swarm.Opened(List.copyOf(ready), new TreeMap<>(failures), ready.isEmpty() ? 0 : ready.size() / seconds);
  }

  private void settle() {
    settled.incrementAndGet();
    slots.release();
  }

  private boolean settledWithin(long millis) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (settled.get() < pending.size()) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      TimeUnit.MILLISECONDS.sleep(2);
    }
    return true;
  }
}
