package io.vestibule.gateway;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.util.ResourceLeakDetector;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vestibule.cluster.Bus;
import io.vestibule.cluster.Membership;
import io.vestibule.cluster.NodeRef;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.message.FanMessage;
import io.vestibule.gateway.admission.TestCoordinator;
import io.vestibule.gateway.auth.TokenMinter;
import io.vestibule.gateway.fanout.Publication;
import io.vestibule.gateway.frame.FrameEncoder;
import io.vestibule.gateway.log.DurableTopics;
import io.vestibule.gateway.log.store.MemoryTopicLog;
import io.vestibule.gateway.log.store.TopicLog;
import io.vestibule.gateway.members.store.MemoryMemberStore;
import io.vestibule.gateway.presence.PresenceProbe;
import io.vestibule.gateway.presence.TestPresenceOwner;
import io.vestibule.gateway.session.OutboundProbe;
import java.io.UncheckedIOException;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A gateway with real sockets on a free port, and what watches over it: closing the fixture fails where an event loop was blocked for more than 200 ms, a
 * buffer was leaked (run with {@code -Dio.netty.leakDetection.level=paranoid}, as the build does), something was logged as an error, or a connection is
 * still counted after all clients are gone. To be kept in a field that is closed automatically; where that is static, and registered as an extension, what a
 * test makes of the stores ends with it.
 */
final class GatewayFixture implements AutoCloseable, AfterEachCallback {
  static final String NODE = "node-1";

  /** Enough for anything that works, on any machine. */
  static final Duration PATIENCE = Duration.ofSeconds(60);

  final Vertx vertx;
  final MemoryTopicLog log;
  final MemoryMemberStore members;
  final Bus bus;
  /** Admits everybody, unless it is told otherwise. */
  final TestCoordinator coordinator;
  /** Owns all shards of presence where the configuration says so. */
  final TestPresenceOwner presence;
  final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final TokenMinter minter;
  private final FrameEncoder encoder = new FrameEncoder(System::currentTimeMillis);
  private final GatewayVerticle gateway;
  private final String deployment;
  private final int instances;
  private final SSLContext trust;
  private long published;
  private final LoopWatch watch = new LoopWatch("");
  private final ErrorEar errors;

  private GatewayFixture(TestConfig config) throws Exception {
    instances = config.instances;
    trust = config.trust;
    errors = new ErrorEar(config.redisBreaks);
    vertx = Vertx.vertx(LoopWatch.options().setPreferNativeTransport(config.nativeTransport));
    log = new MemoryTopicLog(vertx);
    members = new MemoryMemberStore(vertx);
    bus = new Bus(vertx, Duration.ofSeconds(5), registry);
    minter = TokenMinter.of(config.auth.jwt().secret().isEmpty() ? config.auth.withSecret(TestConfig.SECRET) : config.auth);
    var self = new NodeRef(NODE, "test-node", config.presence ? Set.of("gateway", "admission", "presence") : Set.of("gateway", "admission"));
    coordinator = new TestCoordinator(bus, NODE);
    await(coordinator.serve());
    presence = new TestPresenceOwner(vertx, bus, NODE);
    if (config.presence) {
      await(presence.serve());
    }
    gateway = new GatewayVerticle(config.build(), new GatewayEnvironment(bus, Membership.alone(self), registry, config.development, config.admission(), new DurableTopics(config.store == null ? log : config.store.apply(vertx, registry), () -> false), members, List.of(),
        port -> { }, config.leaveWithin));
    deployment = await(vertx.deployVerticle(gateway));
    warmUp();
    watch.begin(vertx);
  }

  /** The first connection of a cold JVM takes its time, on an event loop, once; it may be more than an impatient configuration gives it. */
  private void warmUp() {
    until("one connection was in time", () -> {
      try (RawSocket first = open().comeIn(token("warm-up")).subscribe("warm-up")) {
        publish("warm-up", 1);
        first.await("message");
        return true;
      } catch (AssertionError | UncheckedIOException tooLate) {
        return false;
      }
    });
    until("the first is gone", () -> gauge("vestibule.connections") == 0);
  }

  static GatewayFixture start() {
    return start(config -> { });
  }

  /** Starts a gateway with a configuration that differs from the shipped one. */
  static GatewayFixture start(Consumer<TestConfig> change) {
    TestConfig config = new TestConfig();
    change.accept(config);
    try {
      return new GatewayFixture(config);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** As the other, and of every shard it is known how far it is: what came before that is nobody's news. */
  static GatewayFixture durable(Consumer<TestConfig> change) {
    GatewayFixture gateway = start(change);
    until("the event loops know how far the shards are", () -> gateway.log.wasAsked(2));
    return gateway;
  }

  int port() {
    return gateway.port();
  }

  GatewayVerticle gateway() {
    return gateway;
  }

  /** A token that is good for an hour. */
  String token(String user) {
    return token(user, new JsonObject(), Duration.ofHours(1));
  }

  String token(String user, JsonObject claims, Duration lifetime) {
    return minter.mint(user, lifetime, claims, System.currentTimeMillis());
  }

  /** Opens a WebSocket on which nobody has authenticated. */
  RawSocket open() {
    return connect(0).upgrade("/ws");
  }

  /** Opens a connection, with TLS where the gateway speaks it, and with a small receive buffer where that is not 0. */
  RawSocket connect(int receiveBuffer) {
    RawSocket plain = RawSocket.connect(port(), receiveBuffer);
    return trust == null ? plain : plain.encrypted(trust);
  }

  /** Opens a WebSocket, authenticates, and reads {@code auth_success} and the user's own {@code subscribed}. */
  RawSocket open(String user) {
    return open().authenticate(token(user));
  }

  /** Publishes as a server does. */
  void publish(String topic, Object data) {
    published++;
    Buffer json = Buffer.buffer(io.vertx.core.json.Json.encode(data));
    bus.publish(Addresses.FAN, new FanMessage(topic, encoder.message(new Publication(topic, json, null, null, null, null, null)), null), null);
  }

  /** Undeploys the gateway; done when it has ended. */
  Future<Void> stop() {
    return vertx.undeploy(deployment);
  }

  double gauge(String name) {
    Gauge gauge = registry.find(name).gauge();
    return gauge == null ? 0 : gauge.value();
  }

  double counter(String name, String... tags) {
    return registry.get(name).tags(tags).counters().stream().mapToDouble(c -> c.count()).sum();
  }

  /** Waits until all that was published here has reached every event loop's connections. */
  void settle() {
    until("published messages are fanned out", () -> counter("vestibule.messages.fanned") >= published * instances);
  }

  /** Waits until the event loops know how far each shard is now, or that it is another one: each was asked, and asked again behind the answer. */
  void awaitLooks() {
    long looked = log.looks();
    until("the event loops know how far the shards are", () -> log.looks() >= looked + 3 * TopicLog.SHARDS);
  }

  /** As if the node did not get on with what its clients do, or did again. */
  void presenceFull(boolean full) {
    PresenceProbe.full(gateway.node().presence, full);
  }

  /** Bytes that wait at the server for its clients. */
  long waitingBytes() {
    AtomicLong sum = new AtomicLong();
    for (GatewayInstance instance : gateway.instances()) {
      var looked = new CompletableFuture<Void>();
      instance.context().runOnContext(here -> {
        sum.addAndGet(OutboundProbe.waitingBytes(instance.core().connections()));
        looked.complete(null);
      });
      looked.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }
    return sum.get();
  }

  /** Memory outside of the heap that is in use for buffers. */
  static long directMemory() {
    return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric().usedDirectMemory();
  }

  static void until(String what, BooleanSupplier condition) {
    until(what, PATIENCE, condition);
  }

  /** Waits for a condition, and fails with its name when it does not come true in time. */
  static void until(String what, Duration patience, BooleanSupplier condition) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within " + patience + ": " + what);
      }
      java.util.concurrent.locks.LockSupport.parkNanos(2_000_000);
    }
  }

  /** The longest time that the machine kept somebody waiting who wanted to do next to nothing, since the start. */
  Duration longestLate() {
    return watch.longestLate();
  }

  boolean hasFoundABlockedLoop() {
    return !watch.blocked().isEmpty();
  }

  static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  @Override
  public void afterEach(ExtensionContext test) {
    log.heal();
    members.down.set(false);
  }

  @Override
  public void close() throws Exception {
    try {
      if (vertx.deploymentIDs().contains(deployment)) {
        await(stop());
      }
      until("all connections are counted out", () -> gauge("vestibule.connections") == 0);
      until("all subscriptions are counted out", () -> gauge("vestibule.subscriptions") == 0);
    } finally {
      await(vertx.close());
      watch.close();
      collectLeaks();
      errors.close();
    }
    if (!watch.blocked().isEmpty() || !errors.heard().isEmpty()) {
      throw new AssertionError("blocked: " + watch.blocked() + ", complaints: " + errors.heard());
    }
  }

  /** A leak is found when the collected buffer's record is, at the next allocation that is tracked. */
  private static void collectLeaks() {
    if (ResourceLeakDetector.getLevel() != ResourceLeakDetector.Level.PARANOID) {
      return;
    }
    for (int i = 0; i < 2; i++) {
      // What is collected is told by a thread of the JVM's, in its own time: our own garbage comes behind it, in the second round at the latest.
      var told = new ReferenceQueue<>();
      var ours = new WeakReference<>(new Object(), told);
      until("collected garbage is told", () -> {
        System.gc();
        return told.poll() == ours;
      });
      ByteBufAllocator.DEFAULT.directBuffer(16).release();
    }
  }
}
