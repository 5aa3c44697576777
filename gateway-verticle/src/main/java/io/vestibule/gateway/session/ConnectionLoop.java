package io.vestibule.gateway.session;

import io.vertx.core.buffer.Buffer;
import io.vestibule.contract.error.CloseReason;
import io.vestibule.contract.log.EventLog;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.contract.log.LogKey;
import io.vestibule.gateway.frame.FrameEncoder;
import io.vestibule.gateway.frame.ServerFrame;
import io.vestibule.gateway.limit.TimerWheel;
import io.vestibule.gateway.log.Position;
import io.vestibule.gateway.metrics.GatewayMeters;
import io.vestibule.gateway.presence.core.Departure;
import io.vestibule.gateway.session.ConnectionState.Authenticated;
import io.vestibule.gateway.session.ConnectionState.Closed;
import io.vestibule.gateway.session.ConnectionState.Closing;
import io.vestibule.gateway.session.ConnectionState.Known;
import io.vestibule.gateway.session.ConnectionState.Live;
import io.vestibule.gateway.session.ConnectionState.Waiting;
import io.vestibule.gateway.topic.SlowConsumerPolicy;
import io.vestibule.gateway.transport.OutboundFrame;
import io.vestibule.gateway.transport.Transport;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The connections of one event loop: opens them, finds them, turns their one wheel of deadlines, and hears of every change of their state, where it is counted
 * and logged.
 */
public final class ConnectionLoop {
  /** How exact deadlines are, in milliseconds; the loop calls {@link #tick} this often. */
  public static final long TICK_MS = 250;

  private static final int WHEEL_SLOTS = 512;
  private static final EventLog LOG = EventLog.of(Connection.class);

  private final ConnectionSettings settings;
  private final LoopClock clock;
  private final FrameEncoder encoder;
  private final GatewayMeters meters;
  private final Subscriptions subscriptions;
  private final FrameHandler frames;
  private final SessionKeeper keeper;
  private final Consumer<Connection> onEnd;
  private final Deadlines deadlines;
  private final TimerWheel<Connection> wheel;
  private final Map<String, Connection> byId = new HashMap<>();
  private final Map<String, List<Connection>> byUser = new HashMap<>();

  /**
   * The connections of this event loop.
   *
   * @param onEnd is told of each connection that is gone, once
   */
  public ConnectionLoop(ConnectionSettings settings, LoopClock clock, GatewayMeters meters, Subscriptions subscriptions, FrameHandler frames,
      SessionKeeper keeper, Consumer<Connection> onEnd) {
    this.settings = settings;
    this.clock = clock;
    this.encoder = new FrameEncoder(clock.epochMs());
    this.meters = meters;
    this.subscriptions = subscriptions;
    this.frames = frames;
    this.keeper = keeper;
    this.onEnd = onEnd;
    this.deadlines = new Deadlines(settings, this);
    this.wheel = new TimerWheel<>(TICK_MS, WHEEL_SLOTS, nowMs());
  }

  /**
   * A socket was opened.
   *
   * @param remote who counts for it, for logs
   * @return its connection, to be told what comes
   */
  public Connection open(Transport transport, String remote) {
    return open(transport, remote, null);
  }

  /**
   * A socket was opened that has a dialect of its own.
   *
   * @param dialect null for the core's
   */
  public Connection open(Transport transport, String remote, Dialect dialect) {
    Connection connection = new Connection(this, transport, dialect, newId(), remote);
    byId.put(connection.id(), connection);
    meters.opened(transport.name());
    LOG.debug(LogEvent.CONNECTION_OPENED, connection.id()).with(LogKey.TRANSPORT, transport.name()).with(LogKey.REMOTE, remote).write();
    wheel.schedule(connection, deadlines.first(connection));
    return connection;
  }

  /** Says goodbye to a socket that does not become a connection. */
  public void refuse(Transport transport, CloseReason reason, String message) {
    OutboundFrame goodbye = new OutboundFrame(encode(new ServerFrame.Closing(reason, message, retryAfterMs(reason))));
    transport.send(goodbye);
    goodbye.release();
    transport.close(reason);
  }

  private static String newId() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return Long.toString(random.nextLong() >>> 1, Character.MAX_RADIX) + Long.toString(random.nextLong() >>> 1, Character.MAX_RADIX);
  }

  /** Looks after what is due. */
  public void tick() {
    wheel.advance(nowMs(), this::lookAfter);
  }

  private void lookAfter(Connection connection) {
    long next = nowMs() + settings.heartbeatMs();
    try {
      next = deadlines.due(connection);
    } catch (RuntimeException e) {
      // One connection must not keep the others from being looked after.
      LOG.error(LogEvent.INTERNAL_ERROR, connection.id()).cause(e).write();
    }
    if (next != Deadlines.NEVER && !(connection.state() instanceof Closed)) {
      wheel.schedule(connection, next);
    }
  }

  /** Has a connection looked after at this time at the latest. */
  void wake(Connection connection, long atMs) {
    wheel.schedule(connection, atMs);
  }

  void changed(Connection connection, ConnectionState before, ConnectionState after) {
    if (after instanceof Known known && !(before instanceof Known)) {
      byUser.merge(known.userId(), List.of(connection), ConnectionLoop::joined);
      connection.transport().trust();
    } else if (before instanceof Known known && !(after instanceof Known)) {
      byUser.computeIfPresent(known.userId(), (user, held) -> without(held, connection));
    }
    count(connection, before, after);
    if (before instanceof Live && !(after instanceof Live)) {
      Departure departure = departure(before, after instanceof Closing closing ? closing.reason() : null);
      if (before instanceof Known known) {
        keeper.departed(connection, known, after instanceof Closing closing ? closing.reason() : CloseReason.NORMAL);
      }
      subscriptions.removeAll(connection, departure, departure == Departure.AWAITED ? ((Known) before).session() : null);
      connection.outboundIsFree();
    }
    if (after instanceof Closed) {
      ended(connection, before instanceof Closing closing ? closing.reason().slug() : "client");
    }
  }

  /** Who is gone for one of some reasons does not come back in a moment: others need not be kept from seeing it. */
  private static Departure departure(ConnectionState before, CloseReason reason) {
    if (reason == CloseReason.NORMAL || reason == CloseReason.DISCONNECTED || reason == CloseReason.REVOKED) {
      return Departure.LEFT;
    } else if (reason == CloseReason.TAKEN_OVER || reason == CloseReason.REPLACED) {
      return Departure.MOVED;
    }
    return before instanceof Known known && known.session() != null && !known.session().ended ? Departure.AWAITED : Departure.DROPPED;
  }

  private void count(Connection connection, ConnectionState before, ConnectionState after) {
    meters.waiting((after instanceof Waiting ? 1 : 0) - (before instanceof Waiting ? 1 : 0));
    if (after instanceof Authenticated a && !(before instanceof Authenticated)) {
      meters.authenticated(1);
      LOG.info(LogEvent.CONNECTION_AUTHENTICATED, connection.id()).with(LogKey.USER, a.userId())
          .with(LogKey.TRANSPORT, connection.transport().name()).with(LogKey.REMOTE, connection.remote()).write();
    } else if (before instanceof Authenticated && !(after instanceof Authenticated)) {
      meters.authenticated(-1);
    }
  }

  private void ended(Connection connection, String reason) {
    byId.remove(connection.id());
    wheel.cancel(connection);
    onEnd.accept(connection);
    connection.hasFallenSilent();
    meters.closed(connection.transport().name(), reason);
    LOG.info(LogEvent.CONNECTION_CLOSED, connection.id()).with(LogKey.REASON, reason)
        .with(LogKey.DURATION_MS, nowMs() - connection.openedAtMs()).with(LogKey.COUNT, connection.received).write();
  }

  private static List<Connection> joined(List<Connection> held, List<Connection> one) {
    var all = new ArrayList<Connection>(held.size() + 1);
    all.addAll(held);
    all.addAll(one);
    return all;
  }

  private static List<Connection> without(List<Connection> held, Connection connection) {
    List<Connection> rest = held.stream().filter(c -> c != connection).toList();
    return rest.isEmpty() ? null : rest;
  }

  void slow(Connection connection, SlowConsumerPolicy policy) {
    meters.slow(policy.name());
    if (policy == SlowConsumerPolicy.DISCONNECT) {
      LOG.warn(LogEvent.SLOW_CONSUMER, connection.id()).with(LogKey.BYTES, connection.transport().bufferedBytes()).write();
    }
  }

  void failed(Connection connection, Throwable cause) {
    LOG.error(LogEvent.INTERNAL_ERROR, connection.id()).cause(cause).write();
  }

  /** The live connections of a user on this event loop, those that wait among them. */
  public List<Connection> ofUser(String userId) {
    return byUser.getOrDefault(userId, List.of());
  }

  /** The live connections that hold a session of this name: one for each queue that has one. Looks at all of them, since it is asked seldom and an index costs memory for each. */
  List<Connection> ofSession(String sessionId) {
    return byId.values().stream().filter(c -> c.session() != null && c.session().isCalled(sessionId)).toList();
  }

  /** A live connection by its id, or null. */
  public Connection ofId(String connectionId) {
    return byId.get(connectionId);
  }

  /** Says the same goodbye to so many connections at the most that have not heard one. */
  public void closeSome(int most, CloseReason reason) {
    closeSome(most, reason, connection -> true);
  }

  /** As {@link #closeSome(int, CloseReason)}, of those only that are meant. */
  void closeSome(int most, CloseReason reason, Predicate<Connection> meant) {
    byId.values().stream().filter(connection -> connection.state() instanceof Live && meant.test(connection)).limit(most).toList()
        .forEach(connection -> connection.close(reason));
  }

  /** Does something to every connection, in no order. */
  public void forEach(Consumer<Connection> action) {
    List.copyOf(byId.values()).forEach(action);
  }

  /** Connections that are not gone. */
  public int size() {
    return byId.size();
  }

  /** How long a client that was sent away should wait: so that a whole node's clients do not come back in one instant. */
  long retryAfterMs(CloseReason reason) {
    return switch (reason) {
      case RESTARTING, SESSION_LOST, CUT_OFF -> ThreadLocalRandom.current().nextLong(100, 3_000);
      case OVER_CAPACITY -> ThreadLocalRandom.current().nextLong(2_000, 10_000);
      default -> 0;
    };
  }

  Buffer encode(ServerFrame frame) {
    return encoder.encode(frame);
  }

  FrameHandler frames() {
    return frames;
  }

  /** As {@link Subscriptions#bound}. */
  Position bound(Connection connection, String topic) {
    return subscriptions.bound(connection, topic);
  }

  SessionKeeper keeper() {
    return keeper;
  }

  ConnectionSettings settings() {
    return settings;
  }

  GatewayMeters meters() {
    return meters;
  }

  long nowMs() {
    return clock.monotonicMs().getAsLong();
  }

  long epochMs() {
    return clock.epochMs().getAsLong();
  }
}
