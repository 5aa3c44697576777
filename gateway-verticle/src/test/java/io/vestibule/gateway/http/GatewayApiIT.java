package io.vestibule.gateway.http;

import static io.vestibule.gateway.http.TestServer.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.cluster.Bus;
import io.vestibule.cluster.Membership;
import io.vestibule.cluster.NodeRef;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.gateway.GatewayAdmissionConfig;
import io.vestibule.gateway.GatewayConfig;
import io.vestibule.gateway.GatewayEnvironment;
import io.vestibule.gateway.GatewayVerticle;
import io.vestibule.gateway.admission.ResumeSecrets;
import io.vestibule.gateway.admission.TestCoordinator;
import io.vestibule.gateway.auth.TokenMinter;
import io.vestibule.gateway.log.DurableTopics;
import io.vestibule.gateway.log.store.MemoryTopicLog;
import io.vestibule.gateway.members.store.MemoryMemberStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The server API of a whole gateway, whose connections are spread over several event loops. */
class GatewayApiIT {
  private static final int CONNECTIONS = 6;

  private static final Vertx VERTX = Vertx.vertx();
  private static final HttpClient HTTP = VERTX.createHttpClient();
  private static final WebSocketClient SOCKETS = VERTX.createWebSocketClient();
  private static GatewayConfig config;
  private static GatewayVerticle gateway;
  private static Bus bus;

  @BeforeAll
  static void start() {
    TestServer.Options options = new TestServer.Options();
    options.instances = 3;
    config = options.config();
    bus = new Bus(VERTX, Duration.ofSeconds(20), new SimpleMeterRegistry());
    gateway = new GatewayVerticle(config, new GatewayEnvironment(bus, Membership.alone(new NodeRef("id-1", "node-1", Set.of("gateway", "admission"))),
        new SimpleMeterRegistry(), false, new GatewayAdmissionConfig(false, Duration.ofMinutes(5), 64 << 10, ResumeSecrets.of("the tests' own"), "test", 0, Duration.ofMinutes(1), Duration.ofMinutes(1)),
        new DurableTopics(new MemoryTopicLog(VERTX), () -> false), new MemoryMemberStore(VERTX), List.of(),
        port -> { }, Duration.ZERO));
    await(new TestCoordinator(bus, "id-1").serve());
    await(VERTX.deployVerticle(gateway));
  }

  @AfterAll
  static void stop() {
    await(VERTX.close());
  }

  private static final class Client {
    final LinkedBlockingQueue<JsonObject> frames = new LinkedBlockingQueue<>();
    final WebSocket socket;
    final String connectionId;

    Client(String userId) {
      String token = TokenMinter.of(config.auth()).mint(userId, Duration.ofMinutes(5), new JsonObject(), System.currentTimeMillis());
      socket = await(SOCKETS.connect(gateway.port(), "127.0.0.1", "/ws")
          .onSuccess(open -> open.textMessageHandler(text -> frames.add(new JsonObject(text)))));
      socket.writeTextMessage(new JsonObject().put("type", "auth").put("token", token).encode());
      connectionId = next("auth_success").getString("connectionId");
      next("subscribed");
    }

    JsonObject next(String type) {
      try {
        JsonObject frame = frames.poll(60, TimeUnit.SECONDS);
        assertThat(frame).as(type).isNotNull();
        assertThat(frame.getString("type")).isEqualTo(type);
        return frame;
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  private static List<Client> clients(String userId) {
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      clients.add(new Client(userId));
    }
    return clients;
  }

  private static JsonObject call(String name, JsonObject body) {
    return await(HTTP.request(HttpMethod.POST, gateway.port(), "127.0.0.1", "/api/" + name).compose(request -> request
        .putHeader("X-API-Key", TestServer.API_KEY).putHeader("Content-Type", "application/json").send(body.toBuffer())
        .compose(response -> response.body().map(raw -> new JsonObject(raw)))));
  }

  private static JsonObject reached(int connections) {
    return new JsonObject().put("connections", connections).put("nodes", 1).put("unreachable", new JsonArray());
  }

  @Test
  void aUserIsSubscribedOnEveryConnectionAndHearsWhatIsPublishedNext() {
    List<Client> clients = clients("ada");
    Client other = new Client("bob");

    JsonObject subscribe = new JsonObject().put("subscribe", new JsonObject().put("userId", "ada").put("topic", "news.*"));
    JsonObject publish = new JsonObject().put("publish", new JsonObject().put("topic", "news.today").put("data", "hello"));
    JsonArray results = call("batch", new JsonObject().put("commands", new JsonArray().add(subscribe).add(publish))).getJsonArray("results");
    assertThat(results.getJsonObject(0)).isEqualTo(reached(CONNECTIONS).put("ok", true));
    for (Client client : clients) {
      JsonObject subscribed = client.next("subscribed");
      assertThat(subscribed.getString("topic")).isEqualTo("news.*");
      assertThat(subscribed.containsKey("id")).isFalse();
      assertThat(client.next("message").getString("data")).isEqualTo("hello");
    }

    // Again: nothing more is said, and the message comes once.
    assertThat(call("subscribe", subscribe.getJsonObject("subscribe"))).isEqualTo(reached(CONNECTIONS));
    call("publish", publish.getJsonObject("publish"));
    clients.forEach(client -> assertThat(client.next("message").getString("data")).isEqualTo("hello"));

    assertThat(call("unsubscribe", subscribe.getJsonObject("subscribe"))).isEqualTo(reached(CONNECTIONS));
    clients.forEach(client -> assertThat(client.next("unsubscribed").getString("topic")).isEqualTo("news.*"));
    assertThat(call("unsubscribe", subscribe.getJsonObject("subscribe"))).isEqualTo(reached(0));
    assertThat(other.frames).isEmpty();
  }

  @Test
  void aServerSubscribesToWhatTheUserMayNotAndAPatternStillShowsOnlyWhatTheUserMay() {
    Client ada = new Client("ada-2");
    assertThat(call("subscribe", new JsonObject().put("userId", "ada-2").put("topic", "**"))).isEqualTo(reached(1));
    ada.next("subscribed");
    call("publish", new JsonObject().put("topic", "user.somebody").put("data", "private"));
    call("publish", new JsonObject().put("topic", "user.ada-2").put("data", "mine"));
    assertThat(ada.next("message").getString("data")).isEqualTo("mine");
  }

  @Test
  void oneConnectionOrAllOfAUserAreClosed() {
    List<Client> clients = clients("eve");
    Client first = clients.remove(0);

    assertThat(call("disconnect", new JsonObject().put("connectionId", first.connectionId))).isEqualTo(reached(1));
    assertThat(first.next("closing").getString("message")).isEqualTo("disconnected by the server");
    assertThat(call("disconnect", new JsonObject().put("userId", "eve").put("message", "house rules"))).isEqualTo(reached(CONNECTIONS - 1));
    for (Client client : clients) {
      JsonObject closing = client.next("closing");
      assertThat(closing.getInteger("code")).isEqualTo(4511);
      assertThat(closing.getBoolean("reconnect")).isFalse();
      assertThat(closing.getString("message")).isEqualTo("house rules");
      TestServer.eventually(() -> client.socket.closeStatusCode() != null);
      assertThat(client.socket.closeStatusCode()).isEqualTo((short) 4511);
    }
    assertThat(call("disconnect", new JsonObject().put("userId", "eve"))).isEqualTo(reached(0));
    assertThat(call("disconnect", new JsonObject().put("connectionId", "unknown"))).isEqualTo(reached(0));
  }

  @Test
  void whoHasNotAuthenticatedIsNotSubscribed() {
    WebSocket stranger = await(SOCKETS.connect(gateway.port(), "127.0.0.1", "/ws"));
    assertThat(call("subscribe", new JsonObject().put("userId", "nobody").put("topic", "news"))).isEqualTo(reached(0));
    await(stranger.close());
  }

  @Test
  void aVerticleOfTheClusterReachesThemToo() {
    Client ada = new Client("ada-3");
    assertThat(await(bus.requestJson(Addresses.SUBSCRIBE, new JsonObject().put("connectionId", ada.connectionId).put("topic", "x"), null))).isEqualTo(reached(1));
    ada.next("subscribed");
    await(bus.requestJson(Addresses.PUBLISH, new JsonObject().put("topic", "x").put("data", 1), null));
    assertThat(ada.next("message").getInteger("data")).isEqualTo(1);
  }
}
