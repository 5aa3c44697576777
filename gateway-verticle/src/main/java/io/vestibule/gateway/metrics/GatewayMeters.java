package io.vestibule.gateway.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vestibule.contract.error.CloseReason;
import io.vestibule.contract.error.ErrorReason;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * The gateway's figures. Every meter is made at the start and held, because looking one up costs more than counting; every label comes from a closed
 * list, so a stranger cannot make series. Thread-safe; one for each node.
 */
public final class GatewayMeters {
  /** The kinds of sockets. */
  private static final String[] TRANSPORTS = {"websocket", "sockjs", "bridge"};

  private final LongAdder connections = new LongAdder();
  private final LongAdder authenticated = new LongAdder();
  private final LongAdder waiting = new LongAdder();
  private final LongAdder subscriptions = new LongAdder();
  private final Map<String, Counter> opened = new HashMap<>();
  private final Map<String, Counter> closed = new HashMap<>();
  private final Map<ErrorReason, Counter> refused = new EnumMap<>(ErrorReason.class);
  private final Map<ErrorReason, Counter> errors = new EnumMap<>(ErrorReason.class);
  private final Map<ErrorReason, Counter> authFailures = new EnumMap<>(ErrorReason.class);
  private final Map<String, Counter> slow = new HashMap<>();
  private final Counter authSuccesses;
  private final Counter framesReceived;
  private final Counter bytesReceived;
  private final Counter published;
  private final Counter fanned;
  private final Counter delivered;
  private final Timer loopLag;
  private final EntryMeters entry;
  private final LimitMeters limits;
  private final JobMeters jobs;

  /** Makes every meter. */
  public GatewayMeters(MeterRegistry registry) {
    Gauge.builder("vestibule.connections", connections, LongAdder::sum).description("Open sockets").register(registry);
    Gauge.builder("vestibule.connections.authenticated", authenticated, LongAdder::sum).description("Authenticated sockets")
        .register(registry);
    Gauge.builder("vestibule.connections.waiting", waiting, LongAdder::sum).description("Sockets that wait in a line").register(registry);
    Gauge.builder("vestibule.subscriptions", subscriptions, LongAdder::sum).description("Subscriptions of all sockets")
        .register(registry);
    for (String transport : TRANSPORTS) {
      opened.put(transport, Counter.builder("vestibule.connections.opened").tag("transport", transport)
          .description("Sockets opened").register(registry));
      Stream.concat(Stream.of(CloseReason.values()).map(CloseReason::slug), Stream.of("client")).forEach(reason ->
          closed.put(key(transport, reason), Counter.builder("vestibule.connections.closed").tag("transport", transport)
              .tag("reason", reason).description("Sockets closed, by who or what closed them").register(registry)));
    }
    for (ErrorReason reason : ErrorReason.values()) {
      errors.put(reason, Counter.builder("vestibule.errors").tag("reason", reason.slug()).description("Errors told to clients")
          .register(registry));
    }
    Stream.of(ErrorReason.values()).filter(r -> r.code() == 401 || r.code() == 503 || r.code() == 500 || r == ErrorReason.FORBIDDEN_CALL).forEach(reason ->
        authFailures.put(reason, Counter.builder("vestibule.auth.failures").tag("reason", reason.slug())
            .description("Tokens refused").register(registry)));
    Stream.of(ErrorReason.TOO_MANY_CONNECTIONS, ErrorReason.NODE_FULL, ErrorReason.FORBIDDEN_ORIGIN, ErrorReason.DRAINING,
        ErrorReason.TOO_MANY_JOINS)
        .forEach(reason -> refused.put(reason, Counter.builder("vestibule.connections.refused").tag("reason", reason.slug())
            .description("Sockets refused at the door").register(registry)));
    for (String policy : new String[] {"DISCONNECT", "DROP", "CONFLATE"}) {
      slow.put(policy, Counter.builder("vestibule.messages.slow").tag("policy", policy.toLowerCase(java.util.Locale.ROOT))
          .description("Messages that found a client's buffer full").register(registry));
    }
    authSuccesses = Counter.builder("vestibule.auth.successes").description("Tokens accepted").register(registry);
    framesReceived = Counter.builder("vestibule.frames.received").description("Frames from clients").register(registry);
    bytesReceived = Counter.builder("vestibule.frames.received.bytes").baseUnit("bytes").description("Bytes of frames from clients")
        .register(registry);
    published = Counter.builder("vestibule.messages.published").description("Messages published on this node").register(registry);
    fanned = Counter.builder("vestibule.messages.fanned").description("Messages that reached an event loop of this node")
        .register(registry);
    delivered = Counter.builder("vestibule.messages.delivered").description("Messages given to sockets").register(registry);
    loopLag = Timer.builder("vestibule.event.loop.lag").description("How late an event loop's timer fires")
        .serviceLevelObjectives(Duration.ofMillis(1), Duration.ofMillis(10), Duration.ofMillis(50), Duration.ofMillis(200),
            Duration.ofSeconds(1)).register(registry);
    entry = new EntryMeters(registry);
    limits = new LimitMeters(registry);
    jobs = new JobMeters(registry);
  }

  /** How people come in. */
  public EntryMeters entry() {
    return entry;
  }

  /** What rate limits do. */
  public LimitMeters limits() {
    return limits;
  }

  /** What is done unasked. */
  public JobMeters jobs() {
    return jobs;
  }

  /**
   * What this node offers, and how much of it is in use.
   *
   * @param most sockets, 0 for no limit
   * @param draining whether it takes no new sessions
   * @param asking questions to coordinators that wait for an answer
   */
  public static void instance(MeterRegistry registry, int most, IntSupplier sockets, BooleanSupplier draining, IntSupplier asking) {
    Gauge.builder("vestibule.connections.limit", () -> most).description("Sockets that this node takes; 0 for no limit").register(registry);
    Gauge.builder("vestibule.connections.utilisation", () -> most == 0 ? 0 : (double) sockets.getAsInt() / most)
        .description("Share of the sockets of this node that are in use").register(registry);
    Gauge.builder("vestibule.draining", () -> draining.getAsBoolean() ? 1 : 0).description("1 while this node takes no new sessions").register(registry);
    Gauge.builder("vestibule.entry.pending", asking::getAsInt).description("Questions to coordinators that wait for an answer").register(registry);
  }

  /** Of whom the node knows what they are members of. */
  public static void members(MeterRegistry registry, IntSupplier known) {
    Gauge.builder("vestibule.members.known", known::getAsInt).description("Users of whom the node knows which topics they are members of").register(registry);
  }

  /** How far the clocks of nodes are apart, milliseconds. */
  public static void clocks(MeterRegistry registry, LongSupplier apartMs) {
    Gauge.builder("vestibule.clocks.apart", () -> apartMs.getAsLong() / 1e3).baseUnit("seconds").description("Between the clock of a node that is furthest ahead and the one that is furthest behind")
        .register(registry);
  }

  /** What the bridge keeps of what clients say while they wait. */
  public static void bridge(MeterRegistry registry, LongSupplier held) {
    Gauge.builder("vestibule.bridge.held", held::getAsLong).baseUnit("bytes").description("Bytes that are kept for clients of the bridge that wait").register(registry);
  }

  private static String key(String transport, String reason) {
    return transport + '/' + reason;
  }

  public void opened(String transport) {
    connections.increment();
    opened.get(transport).increment();
  }

  /** A socket is gone; {@code client} is the reason where the peer went by itself. */
  public void closed(String transport, String reason) {
    connections.decrement();
    closed.get(key(transport, reason)).increment();
  }

  /** A socket was not let in. */
  public void refused(ErrorReason reason) {
    refused.get(reason).increment();
  }

  public void authenticated(int change) {
    authenticated.add(change);
  }

  public void waiting(int change) {
    if (change != 0) {
      waiting.add(change);
    }
  }

  public void authSucceeded() {
    authSuccesses.increment();
  }

  public void authFailed(ErrorReason reason) {
    authFailures.getOrDefault(reason, authFailures.get(ErrorReason.INTERNAL)).increment();
  }

  public void subscriptions(int change) {
    subscriptions.add(change);
  }

  public void received(int bytes) {
    framesReceived.increment();
    bytesReceived.increment(bytes);
  }

  public void error(ErrorReason reason) {
    errors.get(reason).increment();
  }

  /** A message found a client's buffer full; the label is the name of the policy that was applied. */
  public void slow(String policy) {
    slow.get(policy).increment();
  }

  public void published() {
    published.increment();
  }

  /** A message reached an event loop and was given to so many of its sockets. */
  public void fanned(int deliveries) {
    fanned.increment();
    delivered.increment(deliveries);
  }

  /** A timer of an event loop fired so late. */
  public void loopLag(long nanos) {
    loopLag.record(nanos, TimeUnit.NANOSECONDS);
  }

  /** Sockets that are open on this node. */
  public long connections() {
    return connections.sum();
  }

  /** Messages given to sockets since the start. */
  public long delivered() {
    return (long) delivered.count();
  }
}
