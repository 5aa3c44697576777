package io.vestibule.cluster.store;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The way to a Redis: it may become slow, lead to another one, or bring nothing back. */
public final class RedisRelay implements AutoCloseable {
  private final Vertx vertx = Vertx.vertx();
  private final Set<NetSocket> sockets = ConcurrentHashMap.newKeySet();
  private final NetServer server;
  private volatile int target;
  private volatile long delayMs;
  private volatile long answers = Long.MAX_VALUE;

  /** A way to this port of this machine. */
  public RedisRelay(int target) {
    this.target = target;
    server = vertx.createNetServer().connectHandler(this::relay).listen(0, "127.0.0.1").await();
  }

  public String url() {
    return "redis://127.0.0.1:" + server.actualPort();
  }

  /** Everything takes so much longer, each way. */
  public void delay(long ms) {
    delayMs = ms;
  }

  /** On each connection that is made from now on so many bytes of answers come back, and then nothing more, though it stays open. */
  public void swallowAfter(long bytes) {
    answers = bytes;
  }

  /** Whoever connects from now on gets there; who was connected is cut off. */
  public void lead(int port) {
    target = port;
    sockets.forEach(NetSocket::close);
  }

  private void relay(NetSocket caller) {
    caller.pause();
    vertx.createNetClient().connect(target, "127.0.0.1").onComplete(callee -> {
      join(caller, callee, Long.MAX_VALUE);
      join(callee, caller, answers);
      caller.resume();
    }, failed -> caller.close());
  }

  private void join(NetSocket from, NetSocket to, long most) {
    sockets.add(from);
    AtomicLong left = new AtomicLong(most);
    from.handler(bytes -> {
      int passes = (int) Math.min(bytes.length(), left.get());
      left.addAndGet(-passes);
      if (passes > 0) {
        pass(bytes.slice(0, passes), to);
      }
    });
    from.closeHandler(closed -> {
      sockets.remove(from);
      to.close();
    });
  }

  private void pass(Buffer bytes, NetSocket to) {
    if (delayMs == 0) {
      to.write(bytes);
    } else {
      vertx.setTimer(delayMs, id -> to.write(bytes));
    }
  }

  @Override
  public void close() {
    vertx.close().await();
  }
}
