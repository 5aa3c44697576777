package io.vestibule.gateway.bridge;

import static io.vestibule.gateway.http.TestServer.await;
import static io.vestibule.gateway.http.TestServer.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.eventbus.Message;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.contract.error.CloseReason;
import io.vestibule.gateway.http.TestServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventBusBridgeIT {
  private static final List<String> ADDRESSES = List.of("chat.room", "echo.service", "orders.{userId}");

  private static TestServer server;

  @BeforeAll
  static void start() {
    server = new TestServer(options());
    server.vertx.eventBus().consumer("echo.service", message -> message.reply(
        new JsonObject().put("body", message.body()).put("userId", message.headers().get("userId"))));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static TestServer.Options options() {
    TestServer.Options options = new TestServer.Options();
    options.bridge = new BridgeConfig(true, ADDRESSES, ADDRESSES, 3, Duration.ofSeconds(30), 4096);
    return options;
  }

  /** A client of the bridge that speaks its protocol on the raw socket. */
  private static final class Client {
    final LinkedBlockingQueue<JsonObject> frames = new LinkedBlockingQueue<>();
    final WebSocket socket;
    volatile boolean closed;

    Client(TestServer server, String token) {
      socket = await(connect(server, "?token=" + token, Map.of()).onSuccess(open -> {
        open.textMessageHandler(text -> frames.add(new JsonObject(text)));
        open.closeHandler(v -> closed = true);
      }));
    }

    Client send(String type, String address, Object body) {
      return send(new JsonObject().put("type", type).put("address", address).put("body", body));
    }

    Client send(JsonObject frame) {
      socket.writeTextMessage(frame.encode());
      return this;
    }

    JsonObject next() {
      try {
        JsonObject frame = frames.poll(60, TimeUnit.SECONDS);
        assertThat(frame).as("a frame").isNotNull();
        return frame;
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    void refused(String why) {
      assertThat(next()).isEqualTo(new JsonObject().put("type", "err").put("body", why));
    }

    /** Everything before has been handled when this is answered. */
    void fence() {
      send("send", "nowhere", 0);
      refused("rejected");
    }

    void close() {
      await(socket.close());
    }
  }

  private static Future<WebSocket> connect(TestServer server, String query, Map<String, String> headers) {
    WebSocketConnectOptions options = new WebSocketConnectOptions().setHost("127.0.0.1").setPort(server.port()).setURI("/eventbus/websocket" + query);
    headers.forEach(options::addHeader);
    return server.sockets.connect(options);
  }

  private static Client user(String userId) {
    return new Client(server, server.token(userId, new JsonObject()));
  }

  private static int refusal(TestServer server, String query, Map<String, String> headers) {
    Throwable thrown = await(connect(server, query, headers).map(socket -> (Throwable) new AssertionError("opened")).otherwise(failure -> failure));
    assertThat(thrown).isInstanceOf(UpgradeRejectedException.class);
    return ((UpgradeRejectedException) thrown).getStatus();
  }

  @Test
  void aRequestIsAnsweredAndTheApplicationKnowsWhoAsked() {
    Client ada = user("ada");
    ada.send(new JsonObject().put("type", "send").put("address", "echo.service").put("body", 42).put("replyAddress", "r-1")
        .put("headers", new JsonObject().put("userId", "root").put("USERID", "root")));
    JsonObject answer = ada.next();
    assertThat(answer.getString("type")).isEqualTo("rec");
    assertThat(answer.getString("address")).isEqualTo("r-1");
    assertThat(answer.getJsonObject("body")).isEqualTo(new JsonObject().put("body", 42).put("userId", "ada"));
    ada.close();
  }

  @Test
  void theSenderIsWhoTheTokenSaysWhateverTheName() {
    for (String name : new String[] {"müller", "a.b", "**", "\uD83D\uDC1F"}) {
      Client client = user(name);
      client.send(new JsonObject().put("type", "send").put("address", "echo.service").put("body", 1).put("replyAddress", "r"));
      assertThat(client.next().getJsonObject("body").getString("userId")).isEqualTo(name);
      client.close();
    }
  }

  @Test
  void whatIsPublishedReachesThoseWhoRegistered() {
    Client ada = user("ada");
    Client bob = user("bob");
    bob.send("register", "chat.room", null).fence();
    ada.send(new JsonObject().put("type", "publish").put("address", "chat.room").put("body", "hello").put("headers", new JsonObject().put("mood", "good")));
    JsonObject received = bob.next();
    assertThat(received.getString("body")).isEqualTo("hello");
    assertThat(received.getJsonObject("headers").getString("mood")).isEqualTo("good");
    assertThat(received.getJsonObject("headers").getString("userId")).isEqualTo("ada");
    bob.send("unregister", "chat.room", null).fence();
    ada.send("publish", "chat.room", "unheard").fence();
    bob.fence();
    ada.close();
    bob.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"other", "chat.room.x", "vestibule.publish", "vestibule.fan.v1", "orders.bob", "orders.{userId}", "orders.", "orders.ada.x", "__vertx.reply.1"})
  void whatNoListOpensIsRefused(String address) {
    List<Message<Object>> leaked = new CopyOnWriteArrayList<>();
    var spy = server.vertx.eventBus().consumer(address, leaked::add);
    Client ada = user("ada");
    for (String type : new String[] {"send", "publish", "register"}) {
      ada.send(type, address, "x").refused("rejected");
    }
    assertThat(leaked).isEmpty();
    await(spy.unregister());
    ada.close();
  }

  @Test
  void anAddressOfTheUsersOwnIsOpenToThatUser() {
    Client ada = user("ada");
    Client eve = user("eve");
    ada.send("register", "orders.ada", null).fence();
    eve.send("publish", "orders.ada", "forged").refused("rejected");
    eve.send("register", "orders.ada", null).refused("rejected");
    ada.send("publish", "orders.ada", "mine");
    assertThat(ada.next().getString("body")).isEqualTo("mine");
    ada.close();
    eve.close();
  }

  @Test
  void onlyWhoWasAskedMayReply() {
    Client service = user("service");
    Client eve = user("eve");
    service.send("register", "chat.room", null).fence();
    var answer = server.vertx.eventBus().<Object>request("chat.room", "who are you?");
    String replyAddress = service.next().getString("replyAddress");

    eve.send("send", replyAddress, "forged").refused("rejected");
    service.send("publish", replyAddress, "wrong way").refused("rejected");
    service.send("send", replyAddress, "the service");
    assertThat(await(answer).body()).isEqualTo("the service");
    assertThat(await(answer).headers().get("userId")).isEqualTo("service");
    service.send("send", replyAddress, "twice").refused("rejected");
    service.close();
    eve.close();
  }

  @Test
  void withoutAGoodTokenThereIsNoSocket() {
    try (TestServer strict = new TestServer(options())) {
      assertThat(refusal(strict, "", Map.of())).isEqualTo(401);
      assertThat(refusal(strict, "?token=open-sesame", Map.of())).isEqualTo(401);
      assertThat(refusal(strict, "?token=" + strict.token("ada", new JsonObject()) + "x", Map.of())).isEqualTo(401);
      assertThat(strict.send(HttpMethod.POST, "/eventbus/1/abcdefgh/xhr", Map.of(), null).reason()).isEqualTo("token_missing");
      assertThat(strict.counts.all()).isZero();
    }
  }

  @Test
  void theTokenMayComeInAHeader() {
    WebSocket socket = await(connect(server, "", Map.of("Authorization", "Bearer " + server.token("ada", new JsonObject()))));
    await(socket.close());
  }

  @Test
  void pagesFromElsewhereMayNotConnect() {
    String query = "?token=" + server.token("ada", new JsonObject());
    assertThat(refusal(server, query, Map.of("Origin", "https://evil.example.com"))).isEqualTo(403);
    await(await(connect(server, query, Map.of("Origin", "http://127.0.0.1:" + server.port()))).close());
  }

  @Test
  void theSocketEndsWithItsToken() {
    Client ada = new Client(server, server.token("ada", Duration.ofSeconds(5)));
    eventually(() -> ada.closed);
    assertThat(ada.next().getString("body")).isEqualTo("token_expired");
    assertThat(ada.socket.closeStatusCode()).isEqualTo((short) 4502);
  }

  @Test
  void registrationsAreLimited() {
    Client ada = user("ada");
    ada.send("register", "chat.room", null).send("register", "echo.service", null).send("register", "orders.ada", null).fence();
    ada.send("register", "chat.room", null).refused("max_handlers_reached");
    ada.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "[]", "7", "\"text\"", "{", "{}", "{\"type\":\"send\"}", "{\"type\":7,\"address\":\"chat.room\"}", "{\"type\":\"send\",\"address\":{}}",
      "{\"type\":\"send\",\"address\":\"chat.room\",\"headers\":7}", "{\"type\":\"send\",\"address\":\"chat.room\",\"headers\":{\"a\":null}}",
      "{\"type\":\"send\",\"address\":\"chat.room\",\"headers\":{\"a\":\"b\\nc\"}}", "{\"type\":\"register\",\"address\":7}", "{\"type\":\"unregister\",\"address\":\"x\"}"})
  void aMalformedFrameIsAnsweredAndHarmsNothing(String frame) {
    Client ada = user("ada");
    ada.socket.writeTextMessage(frame);
    assertThat(ada.next().getString("type")).isEqualTo("err");
    ada.fence();
    ada.close();
  }

  @Test
  void aLargeFrameIsRefused() {
    Client ada = user("ada");
    ada.send("publish", "chat.room", "x".repeat(5000)).refused("message_too_large");
    ada.fence();
    ada.close();
  }

  @Test
  void whoIsTooFastIsToldAndThenClosed() {
    TestServer.Options options = options();
    options.messagesPerSecond = 1;
    try (TestServer slow = new TestServer(options)) {
      Client ada = new Client(slow, slow.token("ada", new JsonObject()));
      for (int i = 0; i < 120; i++) {
        ada.send(new JsonObject().put("type", "ping"));
      }
      ada.refused("rate_limited");
      eventually(() -> ada.closed);
      assertThat(ada.socket.closeStatusCode()).isEqualTo((short) 4029);
    }
  }

  @Test
  void whoDoesNotPingIsClosed() {
    TestServer.Options options = options();
    options.bridge = new BridgeConfig(true, ADDRESSES, ADDRESSES, 3, Duration.ofSeconds(1), 4096);
    try (TestServer impatient = new TestServer(options)) {
      Client ada = new Client(impatient, impatient.token("ada", new JsonObject()));
      eventually(() -> ada.closed);
      assertThat(ada.socket.closeStatusCode()).isEqualTo((short) 4000);
      eventually(() -> impatient.counts.all() == 0);
    }
  }

  @Test
  void socketsAreCountedInAndOut() {
    TestServer.Options options = options();
    options.connectionsPerIp = 2;
    try (TestServer small = new TestServer(options)) {
      String token = small.token("ada", new JsonObject());
      Client one = new Client(small, token);
      Client two = new Client(small, token);
      Client three = new Client(small, token);
      eventually(() -> three.closed);
      assertThat(three.socket.closeStatusCode()).isEqualTo((short) 1013);
      one.close();
      eventually(() -> small.counts.all() == 1);
      new Client(small, token).fence();
      two.close();
    }
  }

  @Test
  void aNodeThatGoesAwaySaysSo() {
    try (TestServer leaving = new TestServer(options())) {
      Client ada = new Client(leaving, leaving.token("ada", new JsonObject()));
      leaving.closeBridge(CloseReason.RESTARTING);
      ada.refused("restarting");
      eventually(() -> ada.closed);
      assertThat(ada.socket.closeStatusCode()).isEqualTo((short) 1012);
      eventually(() -> leaving.counts.all() == 0);
    }
  }

  @Test
  void aClientThatDoesNotReadIsCutOff() {
    TestServer.Options options = options();
    options.outboundBuffer = 64 * 1024;
    try (TestServer server = new TestServer(options)) {
      Client ada = new Client(server, server.token("ada", new JsonObject()));
      ada.send("register", "chat.room", null).fence();
      ada.socket.pause();
      String large = "x".repeat(16 * 1024);
      eventually(() -> {
        server.vertx.eventBus().publish("chat.room", large);
        return server.counts.all() == 0;
      });
      // The client would otherwise never notice, and hold up the end.
      ada.socket.resume();
    }
  }

  @Test
  void pollingClientsAreServedToo() {
    String query = "?token=" + server.token("ada", new JsonObject());
    String session = "/eventbus/000/" + Long.toString(System.nanoTime(), 36);
    assertThat(server.send(HttpMethod.GET, "/eventbus/info" + query, Map.of(), null).body().getBoolean("websocket")).isTrue();
    assertThat(server.send(HttpMethod.POST, session + "/xhr" + query, Map.of(), "").raw().toString()).isEqualTo("o\n");
    String request = new JsonObject().put("type", "send").put("address", "echo.service").put("body", 1).put("replyAddress", "r").encode();
    var sent = server.send(HttpMethod.POST, session + "/xhr_send" + query, Map.of("Content-Type", "text/plain"),
        new JsonArray().add(request).encode());
    assertThat(sent.status()).isEqualTo(204);
    assertThat(server.send(HttpMethod.POST, session + "/xhr" + query, Map.of(), "").raw().toString()).startsWith("a[").contains("userId", "ada");
  }

  private static TestServer.Reply poll(String session, String query) {
    return server.send(HttpMethod.POST, session + "/xhr" + query, Map.of(), "");
  }

  private static TestServer.Reply say(String session, String query, String text) {
    String frame = new JsonObject().put("type", "publish").put("address", "chat.room").put("body", text).encode();
    return server.send(HttpMethod.POST, session + "/xhr_send" + query, Map.of("Content-Type", "text/plain"), new JsonArray().add(frame).encode());
  }

  @Test
  void aPollingSessionBelongsToWhoOpenedIt() {
    List<Object> heard = new CopyOnWriteArrayList<>();
    var room = server.vertx.eventBus().consumer("chat.room", message -> heard.add(message.body()));
    String ada = "?token=" + server.token("ada", new JsonObject());
    String eve = "?token=" + server.token("eve", new JsonObject());
    String id = Long.toString(System.nanoTime(), 36);
    String session = "/eventbus/000/" + id;
    assertThat(poll(session, ada).raw().toString()).isEqualTo("o\n");

    assertThat(say(session, eve, "forged").reason()).isEqualTo("token_other_user");
    assertThat(poll(session, eve).reason()).isEqualTo("token_other_user");
    assertThat(server.send(HttpMethod.GET, session + "/eventsource" + eve, Map.of(), null).reason()).isEqualTo("token_other_user");
    // Nor by a parameter that the library would mistake for the one of the path.
    assertThat(say("/eventbus/000/other" + id, eve + "&param0=" + id, "forged").status()).isEqualTo(400);
    assertThat(server.send(HttpMethod.POST, "/eventbus/000/other" + id + "/xhr_send" + eve, Map.of("Content-Type", "application/x-www-form-urlencoded"),
        "param0=" + id).status()).isEqualTo(400);

    // Another token of the same user is as good as the first.
    assertThat(say(session, "?token=" + server.token("ada", Duration.ofMinutes(1)), "genuine").status()).isEqualTo(204);
    eventually(() -> heard.contains("genuine"));
    assertThat(heard).containsExactly("genuine");
    await(room.unregister());
  }

  @Test
  void aBridgeThatIsNotEnabledIsNotThere() {
    try (TestServer without = new TestServer(new TestServer.Options())) {
      assertThat(without.send(HttpMethod.GET, "/eventbus/info", Map.of(), null).status()).isEqualTo(404);
    }
  }
}
