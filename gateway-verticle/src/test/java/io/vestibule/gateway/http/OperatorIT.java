package io.vestibule.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.cluster.NodeRef;
import io.vestibule.contract.admission.GatewayLoad;
import io.vestibule.contract.admission.QueueOrder;
import io.vestibule.contract.admission.QueueReport;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.contract.message.GatewayCommand;
import io.vestibule.contract.message.GatewayOutcome;
import io.vestibule.gateway.drain.DrainState;
import io.vestibule.gateway.http.TestServer.Reply;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What operators may do, over real HTTP and a real bus, on which scripted coordinators and another gateway answer; one node with the role never does. */
class OperatorIT {
  private static final NodeRef FIRST = new NodeRef("c-1", "first", Set.of("admission"));
  private static final NodeRef SECOND = new NodeRef("c-2", "second", Set.of("admission", "presence"));
  private static final NodeRef GONE = new NodeRef("c-3", "gone", Set.of("admission"));
  private static final NodeRef OTHER = new NodeRef("g-2", "other", Set.of("gateway"));

  private TestServer server;
  private final List<String> orders = new CopyOnWriteArrayList<>();
  private final List<GatewayCommand> told = new CopyOnWriteArrayList<>();

  @BeforeEach
  void start() {
    start(Set.of(FIRST, SECOND, OTHER));
  }

  private void start(Set<NodeRef> others) {
    if (server != null) {
      server.close();
    }
    TestServer.Options options = new TestServer.Options();
    options.otherNodes = others;
    server = new TestServer(options);
    TestServer.await(server.bus.serve(Addresses.GATEWAY_COMMAND.at("g-2"), (command, flow) -> {
      told.add(command);
      return Future.succeededFuture(new GatewayOutcome(7));
    }));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void coordinator(NodeRef node, Function<QueueOrder, QueueReport> script) {
    TestServer.await(server.bus.serve(Addresses.ADMISSION_ORDER.at(node.id()), (order, flow) -> {
      orders.add(node.name() + " " + order);
      return Future.succeededFuture(script.apply(order));
    }));
  }

  private Reply get(String call) {
    return server.send(HttpMethod.GET, "/api/admin/" + call, Map.of("Authorization", "Bearer " + operator()), null);
  }

  private Reply post(String call, String body) {
    return server.send(HttpMethod.POST, "/api/admin/" + call, Map.of("Authorization", "Bearer " + operator(), "Content-Type", "application/json"), body);
  }

  private String operator() {
    return server.token("ops", new JsonObject().put("admin", true));
  }

  @Test
  void onlyOperatorsMayCall() {
    String plain = server.token("anna", new JsonObject().put("caps", new JsonObject().put("api", JsonArray.of("publish"))));
    for (String call : List.of("capacity", "revoke", "queues/pause", "queues/resume", "drain", "undrain")) {
      assertThat(server.send(HttpMethod.POST, "/api/admin/" + call, Map.of(), null).reason()).as(call).isEqualTo("token_missing");
      assertThat(server.send(HttpMethod.POST, "/api/admin/" + call, Map.of("Authorization", "Bearer " + plain), "{}").reason()).isEqualTo("forbidden_call");
      assertThat(server.send(HttpMethod.POST, "/api/admin/" + call, Map.of("X-API-Key", TestServer.API_KEY), "{}").status()).isEqualTo(401);
      assertThat(server.send(HttpMethod.POST, "/api/admin/" + call, Map.of("Authorization", "Bearer " + TestServer.API_KEY), "{}").status()).isEqualTo(401);
    }
    for (String call : List.of("queues", "nodes")) {
      assertThat(server.send(HttpMethod.GET, "/api/admin/" + call, Map.of("Authorization", "Bearer " + plain), null).status()).isEqualTo(403);
    }
    assertThat(orders).isEmpty();
    assertThat(server.drain.refusesSessions()).isFalse();
  }

  @Test
  void theQueuesOfAllCoordinatorsAreListed() {
    coordinator(FIRST, order -> new QueueReport(1, "[{\"queue\":\"default\",\"waiting\":5}]", "[{\"queue\":\"sale\",\"waiting\":null},{\"queue\":\"event\",\"waiting\":null}]"));
    coordinator(SECOND, order -> new QueueReport(1, "[{\"queue\":\"sale\",\"waiting\":9}]", "[{\"queue\":\"default\"},{\"queue\":\"event\",\"waiting\":null}]"));
    Reply reply = get("queues");
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.body()).isEqualTo(new JsonObject().put("nodes", 2).put("unreachable", new JsonArray()).put("queues", JsonArray.of(
        new JsonObject().put("queue", "default").put("waiting", 5).put("coordinator", "first"),
        new JsonObject().put("queue", "event").putNull("waiting"),
        new JsonObject().put("queue", "sale").put("waiting", 9).put("coordinator", "second"))));
  }

  @Test
  void whoDoesNotAnswerIsNamed() {
    start(Set.of(FIRST, GONE));
    coordinator(FIRST, order -> QueueReport.of(order instanceof QueueOrder.Revoke ? 2 : 1));
    assertThat(get("queues").body().getJsonArray("unreachable")).isEqualTo(JsonArray.of("gone"));
    assertThat(post("capacity", "{\"queue\":\"default\",\"capacity\":5}").body().getJsonArray("unreachable")).isEqualTo(JsonArray.of("gone"));
  }

  /** Somebody may still be in who was to be out: no script may take that for done. */
  @Test
  void aRevocationThatDidNotReachEveryCoordinatorIs503AndSaysWhatWasDone() {
    start(Set.of(FIRST, GONE));
    coordinator(FIRST, order -> QueueReport.of(2));
    Reply revoked = post("revoke", "{\"userId\":\"anna\"}");
    assertThat(revoked.status()).isEqualTo(503);
    assertThat(revoked.reason()).isEqualTo("admission_unavailable");
    assertThat(revoked.headers().get("Retry-After")).isEqualTo("2");
    assertThat(revoked.body().getJsonObject("details")).isEqualTo(new JsonObject().put("nodes", 1).put("unreachable", JsonArray.of("gone")).put("sessions", 2));
  }

  @Test
  void whyAQueueIsNotLedIsSaidByTheNodeThatShould() {
    String why = "{\"reason\":\"given_up\",\"detail\":\"term 7\",\"forMs\":5,\"node\":\"an-id\"}";
    coordinator(FIRST, order -> new QueueReport(0, "[]", "[{\"queue\":\"sale\",\"hindrance\":null}]"));
    coordinator(SECOND, order -> new QueueReport(0, "[]", "[{\"queue\":\"sale\",\"hindrance\":" + why + "}]"));
    assertThat(get("queues").body().getJsonArray("queues")).isEqualTo(JsonArray.of(
        new JsonObject().put("queue", "sale").put("hindrance", new JsonObject(why).put("node", "second"))));
  }

  @Test
  void nobodyWhoAnswersIs503() {
    Reply reply = get("queues");
    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.reason()).isEqualTo("admission_unavailable");
    assertThat(reply.headers().get("Retry-After")).isEqualTo("2");
    assertThat(reply.body().getJsonObject("details").getJsonArray("unreachable")).containsExactlyInAnyOrder("first", "second");
    assertThat(post("revoke", "{\"sessionId\":\"1-2-3\"}").status()).isEqualTo(503);
  }

  @Test
  void ordersReachEveryCoordinator() {
    coordinator(FIRST, order -> QueueReport.of(0));
    coordinator(SECOND, order -> QueueReport.of(1));
    assertThat(post("capacity", "{\"queue\":\"sale\",\"capacity\":0,\"admissionsPerSecond\":50}").body())
        .isEqualTo(new JsonObject().put("nodes", 2).put("unreachable", new JsonArray()));
    assertThat(post("capacity", "{\"queue\":\"sale\",\"admissionsPerSecond\":7}").status()).isEqualTo(200);
    assertThat(post("queues/pause", "{\"queue\":\"sale\"}").status()).isEqualTo(200);
    assertThat(post("queues/resume", "{\"queue\":\"sale\"}").status()).isEqualTo(200);
    assertThat(post("revoke", "{\"sessionId\":\"1-2-3\"}").body().getInteger("sessions")).isEqualTo(1);
    assertThat(orders.stream().filter(order -> order.startsWith("second")).map(order -> order.substring(7))).containsExactly(
        new QueueOrder.Capacity("sale", 0, 50).toString(), new QueueOrder.Capacity("sale", -1, 7).toString(), new QueueOrder.Pause("sale", true).toString(),
        new QueueOrder.Pause("sale", false).toString(), new QueueOrder.Revoke(null, "1-2-3").toString());
    assertThat(orders).hasSize(10);
  }

  @Test
  void aQueueThatNobodyLeadsIs503AndOneThatIsNotThere404() {
    coordinator(FIRST, order -> QueueReport.of(0));
    coordinator(SECOND, order -> {
      if (order instanceof QueueOrder.Pause) {
        throw Failure.of(ErrorReason.UNKNOWN_QUEUE);
      }
      return QueueReport.of(0);
    });
    Reply unled = post("capacity", "{\"queue\":\"sale\",\"capacity\":5}");
    assertThat(unled.status()).isEqualTo(503);
    assertThat(unled.reason()).isEqualTo("admission_unavailable");
    Reply unknown = post("queues/pause", "{\"queue\":\"sale\"}");
    assertThat(unknown.status()).isEqualTo(404);
    assertThat(unknown.reason()).isEqualTo("unknown_queue");
    assertThat(post("revoke", "{\"userId\":\"nobody\"}").body().getInteger("sessions")).isZero();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
      "capacity     | {} | missing_field | queue",
      "capacity     | {\"queue\":\"a\"} | missing_field | capacity",
      "capacity     | {\"queue\":\"\",\"capacity\":1} | invalid_value | queue",
      "capacity     | {\"queue\":\"a\",\"capacity\":-1} | invalid_value | capacity",
      "capacity     | {\"queue\":\"a\",\"capacity\":1.5} | wrong_type | capacity",
      "capacity     | {\"queue\":\"a\",\"capacity\":9999999999999999999999} | invalid_value | capacity",
      "capacity     | {\"queue\":\"a\",\"size\":1} | unknown_field | size",
      "revoke       | {} | missing_field | userId",
      "revoke       | {\"userId\":\"a\",\"sessionId\":\"b\"} | invalid_value | userId",
      "queues/pause | {} | missing_field | queue",
      "drain        | {\"deadline\":\"5\"} | invalid_value | deadline",
      "drain        | {\"deadline\":\"2h\"} | invalid_value | deadline",
      "drain        | {\"node\":\"other\",\"cluster\":true} | invalid_value | node",
      "drain        | {\"cluster\":\"yes\"} | wrong_type | cluster",
      "undrain      | {\"deadline\":\"5s\"} | unknown_field | deadline",
  })
  void whatIsWrongIsNamed(String call, String body, String reason, String field) {
    Reply reply = post(call, body);
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.reason()).isEqualTo(reason);
    assertThat(reply.body().getJsonObject("details").getString("field")).isEqualTo(field);
    assertThat(told).isEmpty();
  }

  @Test
  void theNodeThatIsAskedDrainsAndServesAgain() {
    Instant before = Instant.now();
    Reply reply = post("drain", null);
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.body().getJsonArray("nodes")).isEqualTo(JsonArray.of(new JsonObject().put("id", "self").put("name", "node-1").put("connections", 0)));
    assertThat(Instant.parse(reply.body().getString("deadline"))).isBetween(before.plusMillis(59_990), Instant.now().plusSeconds(60));
    assertThat(server.drain.state()).isInstanceOf(DrainState.Draining.class);
    assertThat(post("undrain", "{}").status()).isEqualTo(200);
    assertThat(server.drain.state()).isInstanceOf(DrainState.Serving.class);
    assertThat(told).isEmpty();
  }

  @Test
  void anotherNodeIsToldOverTheBusByNameOrId() {
    Reply reply = post("drain", "{\"node\":\"other\",\"deadline\":\"5m\"}");
    assertThat(reply.body().getJsonArray("nodes")).isEqualTo(JsonArray.of(new JsonObject().put("id", "g-2").put("name", "other").put("connections", 7)));
    assertThat(post("undrain", "{\"node\":\"g-2\"}").status()).isEqualTo(200);
    assertThat(told).containsExactly(new GatewayCommand.Drain(300_000, false), new GatewayCommand.Undrain());
    assertThat(server.drain.refusesSessions()).isFalse();
    Reply unknown = post("drain", "{\"node\":\"othr\"}");
    assertThat(unknown.status()).isEqualTo(404);
    assertThat(unknown.body().getJsonObject("details").getJsonArray("known")).containsExactlyInAnyOrder("other", "node-1");
  }

  @Test
  void theWholeClusterDrains() {
    Reply reply = post("drain", "{\"cluster\":true}");
    assertThat(reply.body().getJsonArray("nodes")).hasSize(2);
    assertThat(told).containsExactly(new GatewayCommand.Drain(60_000, true));
    assertThat(((DrainState.Draining) server.drain.state()).cluster()).isTrue();
  }

  @Test
  void aNodeThatDoesNotAnswerIs503AndOneOfManyIsNamed() {
    start(Set.of(new NodeRef("g-3", "silent", Set.of("gateway"))));
    Reply alone = post("drain", "{\"node\":\"silent\"}");
    assertThat(alone.status()).isEqualTo(503);
    assertThat(alone.reason()).isEqualTo("unavailable");
    Reply all = post("drain", "{\"cluster\":true}");
    assertThat(all.status()).isEqualTo(200);
    assertThat(all.body().getJsonArray("unreachable")).isEqualTo(JsonArray.of("silent"));
  }

  @Test
  void theNodesAreListedWithWhatTheySay() {
    server.loads.hear(new GatewayLoad("g-2", "other", 20_000, 312, 4, 405, 120, true, 0));
    JsonObject body = get("nodes").body();
    assertThat(body.getString("self")).isEqualTo("self");
    Map<String, JsonObject> nodes = body.getJsonArray("nodes").stream().map(JsonObject.class::cast)
        .collect(Collectors.toMap(node -> node.getString("name"), node -> node));
    assertThat(nodes).containsOnlyKeys("node-1", "first", "second", "other");
    assertThat(nodes.get("second")).isEqualTo(new JsonObject().put("id", "c-2").put("name", "second").put("roles", JsonArray.of("admission", "presence")));
    assertThat(nodes.get("other").getJsonObject("gateway")).isEqualTo(new JsonObject().put("draining", true).put("connections", 312)
        .put("maxConnections", 20_000).put("loopLagMs", 4).put("heapAfterGc", 0.405).put("cpu", 0.12));
  }
}
