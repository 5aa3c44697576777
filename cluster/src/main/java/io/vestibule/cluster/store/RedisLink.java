package io.vestibule.cluster.store;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.impl.NoStackTraceThrowable;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.io.IOException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;

/**
 * One connection to Redis, made again when it is needed and gone. Each command has a deadline; when one passes, the whole client is given up: answers come in the order of the questions, so
 * whatever is behind it would wait too, and a connection that goes back to the client's pool would be handed out again. Calls that wait are bounded; what is too much is refused, and costs the others nothing. Thread-safe.
 */
public final class RedisLink {
  /** Calls that wait for their answers, at most. */
  static final int MOST_WAITING = 32_768;

  private final AtomicInteger waiting = new AtomicInteger();
  private final Vertx vertx;
  private final RedisOptions options;
  private final Duration deadline;
  private Line line;
  private boolean closed;

  /**
   * A link that is not connected yet.
   *
   * @param url {@code redis://} or {@code rediss://}
   * @param deadline of each command, with the connecting it may take
   */
  public RedisLink(Vertx vertx, String url, Duration deadline) {
    this.vertx = vertx;
    this.options = new RedisOptions().setConnectionString(url).setMaxPoolSize(1).setMaxWaitingHandlers(2 * MOST_WAITING);
    this.options.getNetClientOptions().setConnectTimeout((int) deadline.toMillis()).setTcpNoDelay(true);
    this.deadline = deadline;
  }

  /** Sends a command; fails when it is refused, when the connection breaks and at the deadline. It may have been done all the same. */
  public Future<Response> send(Request request) {
    Line current = line();
    if (current == null) {
      return Future.failedFuture("the link to Redis is closed");
    }
    return watched(current, () -> current.connection.compose(connection -> connection.send(request)));
  }

  /** Sends a command and another behind it over the same connection, without waiting between them; fails as {@link #send(Request)}, and where the first is refused whatever the second says. */
  public Future<List<Response>> send(Request request, Request behind) {
    Line current = line();
    if (current == null) {
      return Future.failedFuture("the link to Redis is closed");
    }
    return watched(current, () -> current.connection.compose(connection -> {
      Future<Response> first = connection.send(request);
      Future<Response> second = connection.send(behind);
      return Future.join(first, second).transform(done -> first.succeeded() ? second.map(confirmed -> List.of(first.result(), confirmed)) : Future.failedFuture(first.cause()));
    }));
  }

  private <T> Future<T> watched(Line current, Supplier<Future<T>> call) {
    if (waiting.incrementAndGet() > MOST_WAITING) {
      waiting.decrementAndGet();
      return CallerContext.bring(vertx, deadline, Future.failedFuture(new BusyException()));
    }
    return CallerContext.bring(vertx, deadline, call.get()).onComplete(done -> {
      waiting.decrementAndGet();
      if (done.failed() && !isAnswer(done.cause())) {
        giveUp(current);
      }
    });
  }

  /** Calls that wait for their answers. */
  int waiting() {
    return waiting.get();
  }

  /** Ends it. */
  public Future<Void> close() {
    Line last;
    synchronized (this) {
      closed = true;
      last = line;
      line = null;
    }
    return last == null ? Future.succeededFuture() : last.client.close();
  }

  private synchronized Line line() {
    if (line == null && !closed) {
      // A client belongs to the verticle on whose context it is made, and would be closed with it, under all others. On the event loop of whoever asks, since a hop to another costs as much as a call.
      VertxInternal internal = (VertxInternal) vertx;
      ContextInternal nobodys = internal.contextBuilder().withEventLoop(internal.getOrCreateContext().nettyEventLoop()).build();
      ContextInternal before = nobodys.beginDispatch();
      try {
        line = connect();
      } finally {
        nobodys.endDispatch(before);
      }
    }
    return line;
  }

  private Line connect() {
    Redis client = Redis.createClient(vertx, options);
    // A server that takes the connection and says nothing would be waited for without end.
    Promise<RedisConnection> promise = Promise.promise();
    Future<RedisConnection> connection = promise.future().timeout(deadline.toMillis(), TimeUnit.MILLISECONDS);
    Line made = new Line(client, connection);
    connection.onSuccess(connected -> connected.endHandler(ended -> giveUp(made)).exceptionHandler(broken -> giveUp(made)))
        .onFailure(thrown -> giveUp(made));
    client.connect().onComplete(promise);
    return made;
  }

  private void giveUp(Line broken) {
    synchronized (this) {
      if (line == broken) {
        line = null;
      }
    }
    broken.client.close();
  }

  /** An error that Redis itself sent begins with a word in capitals; then the connection is well. */
  public static boolean isAnswer(Throwable thrown) {
    return thrown.getMessage() != null && thrown.getMessage().matches("(?s)[A-Z]{2,} .*");
  }

  /** Whether the connection was gone, or never came to be: the client says this in several ways, by where in its work it finds out. A wrong name of a host or a bad certificate is not meant. */
  public static boolean isLost(Throwable thrown) {
    boolean settings = thrown instanceof UnknownHostException || thrown instanceof SSLException;
    return thrown instanceof IOException && !settings || thrown instanceof NoStackTraceThrowable || "CONNECTION_CLOSED".equals(thrown.getMessage());
  }

  /** So many calls wait for their answers already that one more is not sent. */
  public static final class BusyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BusyException() {
      super("too many calls wait for their answers", null, false, false);
    }
  }

  private record Line(Redis client, Future<RedisConnection> connection) {}
}
