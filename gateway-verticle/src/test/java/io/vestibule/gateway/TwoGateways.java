package io.vestibule.gateway;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vestibule.cluster.Bus;
import io.vestibule.cluster.ClusterChange;
import io.vestibule.cluster.ClusterView;
import io.vestibule.cluster.Membership;
import io.vestibule.cluster.NodeRef;
import io.vestibule.cluster.Registration;
import io.vestibule.cluster.TestCluster;
import io.vestibule.contract.admission.GatewayLoad;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.message.GatewayCommand;
import io.vestibule.gateway.admission.TestCoordinator;
import io.vestibule.gateway.auth.TokenMinter;
import io.vestibule.gateway.log.DurableTopics;
import io.vestibule.gateway.log.store.MemoryTopicLog;
import io.vestibule.gateway.members.store.MemoryMemberStore;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Two gateway nodes and a coordinator in one process, on one bus: each knows the others, and has sockets on a port of its own. To be kept in a field that is closed
 * automatically; where that is static, and registered as an extension, what a test makes of the stores ends with it.
 */
final class TwoGateways implements AutoCloseable, AfterEachCallback {
  static final String FIRST = "g-1";
  static final String SECOND = "g-2";

  private static final String COORDINATOR = "c-1";
  private static final List<NodeRef> NODES = List.of(new NodeRef(COORDINATOR, "line", Set.of("admission")),
      new NodeRef(FIRST, "first", Set.of("gateway")), new NodeRef(SECOND, "second", Set.of("gateway")));

  final Vertx vertx = Vertx.vertx();
  final MemoryTopicLog log = new MemoryTopicLog(vertx);
  final MemoryMemberStore members = new MemoryMemberStore(vertx);
  final Bus bus = new Bus(vertx, Duration.ofSeconds(5), new SimpleMeterRegistry());
  final TestCoordinator coordinator = new TestCoordinator(bus, COORDINATOR);
  final Map<String, GatewayLoad> loads = new ConcurrentHashMap<>();
  private final TestConfig config = new TestConfig();
  private final TokenMinter minter = TokenMinter.of(config.auth);
  private final Map<String, Node> nodes = new ConcurrentHashMap<>();

  private record Node(GatewayVerticle gateway, String deployment) {}

  private record View(NodeRef self) implements Membership {
    @Override
    public ClusterView view() {
      return new ClusterView(1, self, NODES);
    }

    @Override
    public Registration watch(Consumer<ClusterChange> listener) {
      return Future::succeededFuture;
    }
  }

  private TwoGateways() throws Exception {
    config.connectionsPerIp = 0;
    config.leaveWithin = Duration.ofSeconds(2);
    config.bridgeEnabled = true;
    config.topics.add(GrantSteps.SECRET);
    config.durableTopic("durable.**", 1_000);
    Consumer<GatewayLoad> ear = load -> loads.put(load.node(), load);
    GatewayFixture.await(Future.all(coordinator.serve(), bus.subscribe(Addresses.GATEWAY_LOAD, ear)));
    for (NodeRef node : NODES.subList(1, 3)) {
      // Two servers on port 0 of one Vert.x would be one.
      config.port = TestCluster.freePort();
      var gateway = new GatewayVerticle(config.build(), new GatewayEnvironment(bus, new View(node), new SimpleMeterRegistry(), false, config.admission(), new DurableTopics(log, () -> false), members,
          List.of(), port -> { }, config.leaveWithin));
      nodes.put(node.id(), new Node(gateway, GatewayFixture.await(vertx.deployVerticle(gateway))));
    }
    GatewayFixture.until("both say how they are", () -> loads.size() == 2);
  }

  static TwoGateways start() {
    try {
      return new TwoGateways();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** As the other, and of every shard it is known how far it is: what came before that is nobody's news. */
  static TwoGateways durable() {
    TwoGateways gateways = start();
    GatewayFixture.until("the event loops know how far the shards are", () -> gateways.log.wasAsked(4));
    return gateways;
  }

  int port(String node) {
    return nodes.get(node).gateway.port();
  }

  String token(String user) {
    return token(user, new JsonObject());
  }

  private String token(String user, JsonObject claims) {
    return minter.mint(user, Duration.ofHours(1), claims, System.currentTimeMillis());
  }

  RawSocket open(String node) {
    return RawSocket.connect(port(node)).upgrade("/ws");
  }

  /** Asks who is known to be admitted or waiting; the answer to its {@code auth}. */
  JsonObject authenticate(RawSocket socket, String user) {
    socket.send(new JsonObject().put("type", "auth").put("token", token(user)));
    return socket.await(frame -> Set.of("auth_success", "queued", "auth_error").contains(frame.getString("type")), "an answer to auth");
  }

  JsonObject resume(RawSocket socket, String resumeToken) {
    socket.send(new JsonObject().put("type", "reconnect_attempt").put("token", resumeToken));
    return socket.await(frame -> Set.of("reconnect_success", "queued", "reconnect_failed").contains(frame.getString("type")), "an answer to reconnect_attempt");
  }

  void command(String node, GatewayCommand command) throws Exception {
    GatewayFixture.await(bus.request(Addresses.GATEWAY_COMMAND.at(node), command, "test"));
  }

  /** Calls as an operator. */
  HttpResponse<String> operator(String node, String method, String call, String body) throws Exception {
    return HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port(node) + "/api/admin/" + call))
        .header("Authorization", "Bearer " + token("ops", new JsonObject().put("admin", true))).header("Content-Type", "application/json")
        .method(method, body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** Asks with a token that says this. */
  HttpResponse<String> get(String node, String path, JsonObject claims) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port(node) + path));
    if (claims != null) {
      request.header("Authorization", "Bearer " + token("caller", claims));
    }
    return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  /** As SIGTERM does. */
  Future<Void> stop(String node) {
    return vertx.undeploy(nodes.get(node).deployment);
  }

  @Override
  public void afterEach(ExtensionContext test) {
    log.heal();
    members.down.set(false);
    coordinator.forgetPlaces(false);
  }

  @Override
  public void close() throws Exception {
    GatewayFixture.await(vertx.close());
  }
}
