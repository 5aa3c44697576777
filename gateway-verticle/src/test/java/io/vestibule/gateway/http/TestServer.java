package io.vestibule.gateway.http;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.Router;
import io.vestibule.cluster.Bus;
import io.vestibule.cluster.ClusterChange;
import io.vestibule.cluster.ClusterView;
import io.vestibule.cluster.Membership;
import io.vestibule.cluster.NodeRef;
import io.vestibule.cluster.Registration;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.message.FanMessage;
import io.vestibule.contract.message.GatewayCommand;
import io.vestibule.contract.message.MembershipNotice;
import io.vestibule.gateway.GatewayConfig;
import io.vestibule.gateway.admission.ResumeSecrets;
import io.vestibule.gateway.admission.ResumeTokens;
import io.vestibule.gateway.api.BusApi;
import io.vestibule.gateway.api.CallMeters;
import io.vestibule.gateway.api.CallReader;
import io.vestibule.gateway.api.ClusterCommands;
import io.vestibule.gateway.api.FeedStats;
import io.vestibule.gateway.api.JsonReader;
import io.vestibule.gateway.api.MemberCalls;
import io.vestibule.gateway.api.NodeCommands;
import io.vestibule.gateway.api.PresenceCalls;
import io.vestibule.gateway.api.ServerApi;
import io.vestibule.gateway.auth.ApiKeys;
import io.vestibule.gateway.auth.AuthConfig;
import io.vestibule.gateway.auth.KeySource;
import io.vestibule.gateway.auth.TokenMinter;
import io.vestibule.gateway.bridge.BridgeConfig;
import io.vestibule.gateway.drain.NodeDrain;
import io.vestibule.gateway.fanout.FanPublisher;
import io.vestibule.gateway.fanout.TopicPublisher;
import io.vestibule.gateway.frame.FrameEncoder;
import io.vestibule.gateway.limit.AddressLimits;
import io.vestibule.gateway.limit.ClientAddress;
import io.vestibule.gateway.load.ClusterLoads;
import io.vestibule.gateway.log.DurableTopics;
import io.vestibule.gateway.log.History;
import io.vestibule.gateway.log.LogPublisher;
import io.vestibule.gateway.log.store.MemoryTopicLog;
import io.vestibule.gateway.members.MemberBook;
import io.vestibule.gateway.members.store.MemoryMemberStore;
import io.vestibule.gateway.metrics.FeedMeters;
import io.vestibule.gateway.metrics.GatewayMeters;
import io.vestibule.gateway.operator.DrainOrders;
import io.vestibule.gateway.operator.OperatorServices;
import io.vestibule.gateway.operator.QueueOrders;
import io.vestibule.gateway.presence.PresenceLookup;
import io.vestibule.gateway.session.LoopClock;
import io.vestibule.gateway.topic.Permissions;
import io.vestibule.gateway.topic.TopicRuleConfig;
import io.vestibule.gateway.topic.TopicRules;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** A real listener with the HTTP routes, on a free port, over a real bus; what reaches subscribers and connections is kept. */
public final class TestServer implements AutoCloseable {
  public static final String API_KEY = "an-api-key-of-the-tests";

  /** Signs the resume tokens of the tests' cluster. */
  public static final ResumeTokens TOKENS = new ResumeTokens(ResumeSecrets.of("a resume secret of the tests, long enough"), "tests");

  private static final String SECRET = "a secret of the tests that is long enough";
  private static final int KIB = 1 << 10;
  private static final long PATIENCE_SECONDS = 60;

  public final Vertx vertx = Vertx.vertx();
  public final MemoryTopicLog log = new MemoryTopicLog(vertx);
  public final MemoryMemberStore members = new MemoryMemberStore(vertx);
  /** What nodes were told of members. */
  public final List<MembershipNotice> told = new CopyOnWriteArrayList<>();
  public final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  public final Bus bus = new Bus(vertx, Duration.ofSeconds(20), new SimpleMeterRegistry());
  public final List<FanMessage> published = new CopyOnWriteArrayList<>();
  public final List<GatewayCommand> commands = new CopyOnWriteArrayList<>();
  public final ScriptedCoordinator coordinator = new ScriptedCoordinator();
  public NodeDrain drain;
  public ClusterLoads loads;
  public final WebSocketClient sockets = vertx.createWebSocketClient();
  /** A connection for each request: SockJS ends a polling client's connection behind its answer, which would hit whatever came next. */
  private final HttpClient client = vertx.createHttpClient(new HttpClientOptions().setKeepAlive(false));
  private final TokenMinter minter;
  private int port;

  /** What a test wants otherwise. */
  public static final class Options {
    public boolean development;
    public int instances = 1;
    public List<String> allowedOrigins = List.of();
    public List<String> trustedProxies = List.of();
    public BridgeConfig bridge = new BridgeConfig(false, List.of(), List.of(), 20, Duration.ofSeconds(30), 64 * KIB, 64 * KIB);
    public int messagesPerSecond = 100;
    public int ipJoins;
    public boolean openWhenUnavailable;
    public Duration answerWithin = Duration.ofSeconds(30);
    public Set<NodeRef> otherNodes = Set.of();
    public List<Consumer<Router>> operations = List.of();

    GatewayConfig config() {
      var http = new GatewayConfig.Http("127.0.0.1", 0, Duration.ofSeconds(75), 8 * KIB, 4 * KIB, 16 * KIB, trustedProxies, allowedOrigins,
          new GatewayConfig.Tls("", "", "", ""));
      var limits = new GatewayConfig.Limits(1000, 100, 200, messagesPerSecond, 2 * messagesPerSecond, Duration.ofSeconds(10), 10,
          1024 * KIB, Duration.ofSeconds(10), 16, 60, 2 * KIB);
      var sockets = new GatewayConfig.Sockets(instances, http, new GatewayConfig.WebSocket(true, 1024 * KIB, 1024 * KIB),
          new GatewayConfig.SockJs(true, "", 1024 * KIB), new GatewayConfig.Heartbeat(Duration.ofSeconds(30), Duration.ofSeconds(60)), limits,
          new GatewayConfig.Feeds(new GatewayConfig.Events(true, 0), new GatewayConfig.Messages(true)), Duration.ofMillis(2));
      var auth = new AuthConfig(AuthConfig.none().withSecret(SECRET).jwt(), List.of(API_KEY));
      return new GatewayConfig(sockets, auth, List.of(rule("user.**", "owner", "servers", null), rule("small.**", "authenticated", "authenticated", 20L),
          new TopicRuleConfig("durable.**", "authenticated", "authenticated", true, null, null, null, null, null, null, null, null, null, null),
          new TopicRuleConfig("blind.**", "authenticated", "authenticated", null, null, null, null, false, null, null, null, null, null, null),
          new TopicRuleConfig("conversation.*", "members", "members", true, null, null, null, null, null, null, null, null, null, null),
          rule("**", "authenticated", "authenticated", null)), bridge);
    }

    private static TopicRuleConfig rule(String pattern, String subscribe, String publish, Long maxPayload) {
      return new TopicRuleConfig(pattern, subscribe, publish, null, null, null, null, null, null, null, null, maxPayload, null, null);
    }
  }

  public TestServer(Options options) {
    GatewayConfig config = options.config();
    minter = TokenMinter.of(config.auth());
    KeySource keys = await(KeySource.open(vertx, config.auth()));
    await(vertx.deployVerticle(new Instance(config, options, keys)));
  }

  private final class Instance extends VerticleBase {
    private final GatewayConfig config;
    private final Options options;
    private final KeySource keys;

    Instance(GatewayConfig config, Options options, KeySource keys) {
      this.config = config;
      this.options = options;
      this.keys = keys;
    }

    @Override
    public Future<?> start() {
      var meters = new GatewayMeters(registry);
      var self = new NodeRef("self", "node-1", Set.of("gateway"));
      var nodes = new ArrayList<>(options.otherNodes);
      nodes.add(self);
      nodes.sort(Comparator.comparing(NodeRef::id));
      Membership membership = new FixedMembership(self, nodes);
      loads = new ClusterLoads(membership, System::currentTimeMillis);
      var commandsOfNode = new NodeCommands();
      commandsOfNode.add(context, command -> {
        commands.add(command);
        return command.target().userId() == null ? 1 : 2;
      });
      var rules = TopicRules.of(config.topics());
      var encoder = new FrameEncoder(System::currentTimeMillis);
      var durable = new DurableTopics(log, () -> false);
      var publisher = new TopicPublisher(rules, new FanPublisher(encoder, bus, meters), new LogPublisher(vertx, durable, encoder, bus, rules, LoopClock.system(), meters));
      var api = new ServerApi(publisher, new Permissions(rules),
          new ClusterCommands(bus, membership), new PresenceCalls(new PresenceLookup(bus, membership), new Permissions(rules)),
          new MemberCalls(new MemberBook(members, log, System::currentTimeMillis, told::add), new Permissions(rules)), new History(durable, rules, System::currentTimeMillis),
          new FeedStats(bus, membership, new FeedMeters(registry)::report), LoopClock.system().monotonicMs());
      var origins = new OriginPolicy(config.gateway().http());
      Router router = Router.router(vertx);
      HttpRoutes.mount(router, new HttpServices(config, api, keys.verifier(), ApiKeys.of(config.auth()), origins,
          options.development ? Optional.of(minter) : Optional.empty(), System::currentTimeMillis, options.operations, meters,
          new CallMeters(registry, "http"), waiting(options),
          new OperatorServices(new QueueOrders(bus, membership), new DrainOrders(bus, membership), membership, loads)));
      Consumer<FanMessage> subscriber = published::add;
      return Future.all(
          bus.subscribe(Addresses.FAN, subscriber),
          commandsOfNode.serve(bus, self.id(), command -> drain.execute(command)),
          new BusApi(api, new CallReader(new JsonReader(config.gateway().limits().maxDepth())), new CallMeters(registry, "bus")).serve(bus),
          vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1").onSuccess(server -> port = server.actualPort()));
    }
  }

  private WaitingServices waiting(Options options) {
    drain = new NodeDrain(LoopClock.system(), loads, () -> 0, () -> { });
    return new WaitingServices("self", coordinator, TOKENS, drain, new AddressLimits(options.ipJoins, 0), new ClientAddress(options.trustedProxies),
        () -> System.nanoTime() / 1_000, 64 * 1024, options.answerWithin, options.openWhenUnavailable);
  }

  private record FixedMembership(NodeRef self, List<NodeRef> nodes) implements Membership {
    @Override
    public ClusterView view() {
      return new ClusterView(1, self, nodes);
    }

    @Override
    public Registration watch(Consumer<ClusterChange> listener) {
      return Future::succeededFuture;
    }
  }

  /** An answer; the body is null where it is no JSON object. */
  public record Reply(int status, MultiMap headers, Buffer raw) {
    public JsonObject body() {
      return new JsonObject(raw);
    }

    public String reason() {
      return body().getString("reason");
    }
  }

  public int port() {
    return port;
  }

  public String token(String userId, JsonObject claims) {
    return minter.mint(userId, Duration.ofMinutes(5), claims, System.currentTimeMillis());
  }

  public String token(String userId, Duration lifetime) {
    return minter.mint(userId, lifetime, new JsonObject(), System.currentTimeMillis());
  }

  /** Calls the API with the key. */
  public Reply api(String call, Object body) {
    return send(HttpMethod.POST, "/api/" + call, Map.of("X-API-Key", API_KEY, "Content-Type", "application/json"), body.toString());
  }

  public Reply send(HttpMethod method, String path, Map<String, String> headers, String body) {
    return send("127.0.0.1", method, path, headers, body);
  }

  /** Sends a request that names another host. */
  public Reply send(String host, HttpMethod method, String path, Map<String, String> headers, String body) {
    RequestOptions options = new RequestOptions().setServer(SocketAddress.inetSocketAddress(port, "127.0.0.1")).setHost(host).setPort(port)
        .setMethod(method).setURI(path);
    headers.forEach(options::addHeader);
    return await(client.request(options)
        .compose(request -> (body == null ? request.send() : request.send(body))
            .compose(response -> response.body().map(raw -> new Reply(response.statusCode(), response.headers(), raw)))));
  }

  public static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (Exception failed) {
      throw new AssertionError(failed.getCause() == null ? failed : failed.getCause());
    }
  }

  /** Waits for a condition. */
  public static void eventually(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("the condition did not come true");
      }
      LockSupport.parkNanos(2_000_000);
    }
  }

  /** Of what came by now nothing is kept. It may still be on its way: whatever comes behind it has passed it. */
  public void forget() {
    bus.publish(Addresses.FAN, new FanMessage("marker", Buffer.buffer("{}"), null), null);
    eventually(() -> published.stream().anyMatch(message -> message.topic().equals("marker")));
    published.clear();
    commands.clear();
  }

  @Override
  public void close() {
    await(vertx.close());
  }
}
