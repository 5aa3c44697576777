package io.vestibule.gateway;

import static io.vestibule.gateway.GatewayFixture.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.vertx.core.Future;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.handler.sockjs.impl.EventBusBridgeImpl;
import io.vestibule.gateway.bridge.BridgeConfig;
import io.vestibule.gateway.session.Connection;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** The event-bus bridge where there is room for everybody: what the lists open, what they do not, and the limits. */
class EventBusBridgeIT {
  private static final List<String> ADDRESSES = List.of("chat.room", "echo.service", "orders.{userId}");

  private static GatewayFixture gateway;

  @BeforeAll
  static void start() {
    // As in a node: it takes for an error of ours what strangers send.
    ((Logger) LoggerFactory.getLogger(EventBusBridgeImpl.class)).setLevel(Level.OFF);
    gateway = bridged(TestConfig::withoutLeeway);
  }

  @AfterAll
  static void stop() throws Exception {
    gateway.close();
  }

  private static GatewayFixture bridged(Consumer<TestConfig> change) {
    GatewayFixture fixture = GatewayFixture.start(config -> {
      config.bridge = bridge(Duration.ofSeconds(30));
      change.accept(config);
    });
    fixture.vertx.eventBus().consumer("echo.service", message -> message.reply(
        new JsonObject().put("body", message.body()).put("userId", message.headers().get("userId"))));
    return fixture;
  }

  private static BridgeConfig bridge(Duration pingTimeout) {
    return new BridgeConfig(true, ADDRESSES, ADDRESSES, 3, pingTimeout, 4096, 64 << 10);
  }

  private static BridgeClient user(String userId) {
    return BridgeClient.of(gateway, userId);
  }

  private static int refusal(String query, Map<String, String> headers) {
    return catchThrowableOfType(BridgeClient.Refused.class, () -> BridgeClient.open(gateway, query, headers)).status();
  }

  private static String token(GatewayFixture of, Duration lifetime) {
    return of.token("ada", new JsonObject(), lifetime);
  }

  @Test
  void aRequestIsAnsweredAndTheApplicationKnowsWhoAsked() {
    BridgeClient ada = user("ada");
    ada.send(new JsonObject().put("type", "send").put("address", "echo.service").put("body", 42).put("replyAddress", "r-1")
        .put("headers", new JsonObject().put("userId", "root").put("USERID", "root")));
    JsonObject answer = ada.next();
    assertThat(answer.getString("type")).isEqualTo("rec");
    assertThat(answer.getString("address")).isEqualTo("r-1");
    assertThat(answer.getJsonObject("body")).isEqualTo(new JsonObject().put("body", 42).put("userId", "ada"));
    ada.close();
  }

  @Test
  void itsEndIsLoggedWithTheFramesThatItSent() {
    try (CaughtLines lines = new CaughtLines(Connection.class.getName())) {
      BridgeClient ada = user("counted");
      ada.send(new JsonObject().put("type", "ping")).fence();
      ada.fence();
      ada.close();
      GatewayFixture.until("it is logged", () -> lines.all().stream().anyMatch(line -> line.getMessage().contains("connection_closed") && "3".equals(String.valueOf(CaughtLines.value(line, "count")))));
    }
  }

  @Test
  void theSenderIsWhoTheTokenSaysWhateverTheName() {
    for (String name : new String[] {"müller", "a.b", "**", "\uD83D\uDC1F"}) {
      BridgeClient client = user(name);
      client.send(new JsonObject().put("type", "send").put("address", "echo.service").put("body", 1).put("replyAddress", "r"));
      assertThat(client.next().getJsonObject("body").getString("userId")).isEqualTo(name);
      client.close();
    }
  }

  @Test
  void whatIsPublishedReachesThoseWhoRegistered() {
    BridgeClient ada = user("ada");
    BridgeClient bob = user("bob");
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
    var spy = gateway.vertx.eventBus().consumer(address, leaked::add);
    BridgeClient ada = user("ada");
    for (String type : new String[] {"send", "publish", "register"}) {
      ada.send(type, address, "x").refused("rejected");
    }
    assertThat(leaked).isEmpty();
    spy.unregister().await();
    ada.close();
  }

  @Test
  void anAddressOfTheUsersOwnIsOpenToThatUser() {
    BridgeClient ada = user("ada");
    BridgeClient eve = user("eve");
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
    BridgeClient service = user("service");
    BridgeClient eve = user("eve");
    service.send("register", "chat.room", null).fence();
    var answer = gateway.vertx.eventBus().<Object>request("chat.room", "who are you?");
    String replyAddress = service.next().getString("replyAddress");

    eve.send("send", replyAddress, "forged").refused("rejected");
    service.send("publish", replyAddress, "wrong way").refused("rejected");
    service.send("send", replyAddress, "the service");
    assertThat(answer.await().body()).isEqualTo("the service");
    assertThat(answer.await().headers().get("userId")).isEqualTo("service");
    service.send("send", replyAddress, "twice").refused("rejected");
    service.close();
    eve.close();
  }

  @Test
  void withoutAGoodTokenThereIsNoSocket() {
    assertThat(refusal("", Map.of())).isEqualTo(401);
    assertThat(refusal("?token=open-sesame", Map.of())).isEqualTo(401);
    assertThat(refusal("?token=" + gateway.token("ada") + "x", Map.of())).isEqualTo(401);
    assertThat(refusal("?token=a.b", Map.of())).as("no resume token of this cluster").isEqualTo(401);
    assertThat(post("/eventbus/1/abcdefgh/xhr", null, "").body()).contains("token_missing");
  }

  @Test
  void theTokenMayComeInAHeader() {
    BridgeClient.open(gateway, "", Map.of("Authorization", "Bearer " + gateway.token("ada"))).close();
  }

  @Test
  void pagesFromElsewhereMayNotConnect() {
    String query = "?token=" + gateway.token("ada");
    assertThat(refusal(query, Map.of("Origin", "https://evil.example.com"))).isEqualTo(403);
    BridgeClient.open(gateway, query, Map.of("Origin", "http://127.0.0.1:" + gateway.port())).close();
  }

  @Test
  void theSocketEndsWithItsToken() {
    BridgeClient ada = BridgeClient.open(gateway, "?token=" + token(gateway, Duration.ofSeconds(5)));
    ada.refused("token_expired");
    ada.closedWith(4502);
  }

  @Test
  void registrationsAreLimited() {
    BridgeClient ada = user("ada");
    ada.send("register", "chat.room", null).send("register", "echo.service", null).send("register", "orders.ada", null).fence();
    ada.send("register", "chat.room", null).refused("max_handlers_reached");
    ada.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "[]", "7", "\"text\"", "{", "{}", "{\"type\":\"send\"}", "{\"type\":7,\"address\":\"chat.room\"}", "{\"type\":\"send\",\"address\":{}}",
      "{\"type\":\"send\",\"address\":\"chat.room\",\"headers\":7}", "{\"type\":\"send\",\"address\":\"chat.room\",\"headers\":{\"a\":null}}",
      "{\"type\":\"send\",\"address\":\"chat.room\",\"headers\":{\"a\":\"b\\nc\"}}", "{\"type\":\"register\",\"address\":7}", "{\"type\":\"unregister\",\"address\":\"x\"}"})
  void aMalformedFrameIsAnsweredAndHarmsNothing(String frame) {
    BridgeClient ada = user("ada");
    ada.socket.writeTextMessage(frame);
    assertThat(ada.next().getString("type")).isEqualTo("err");
    ada.fence();
    ada.close();
  }

  @Test
  void aLargeFrameIsRefused() {
    BridgeClient ada = user("ada");
    ada.send("publish", "chat.room", "x".repeat(5000)).refused("message_too_large");
    ada.fence();
    ada.close();
  }

  @Test
  void whoIsTooFastIsToldAndThenClosed() throws Exception {
    try (GatewayFixture slow = bridged(config -> {
      config.messagesPerSecond = 1;
      config.messageBurst = 2;
    })) {
      BridgeClient ada = BridgeClient.of(slow, "ada");
      for (int i = 0; i < 120; i++) {
        ada.send(new JsonObject().put("type", "ping"));
      }
      ada.refused("rate_limited");
      ada.closedWith(4029);
    }
  }

  @Test
  void whoDoesNotPingIsClosed() throws Exception {
    try (GatewayFixture impatient = bridged(config -> config.bridge = bridge(Duration.ofSeconds(1)))) {
      BridgeClient ada = BridgeClient.of(impatient, "ada");
      ada.refused("heartbeat_timeout");
      ada.closedWith(4000);
      until("it is counted out", () -> impatient.gauge("vestibule.connections") == 0);
    }
  }

  @Test
  void socketsAreCountedInAndOut() throws Exception {
    try (GatewayFixture small = bridged(config -> config.connectionsPerIp = 2)) {
      BridgeClient one = BridgeClient.of(small, "ada");
      BridgeClient two = BridgeClient.of(small, "ada");
      until("both are counted", () -> small.gauge("vestibule.connections") == 2);
      BridgeClient third = BridgeClient.of(small, "ada");
      third.refused("too_many_connections");
      third.closedWith(1013);
      one.close();
      until("one is left", () -> small.gauge("vestibule.connections") == 1);
      BridgeClient again = BridgeClient.of(small, "ada");
      again.fence();
      again.close();
      two.close();
    }
  }

  @Test
  void whoBreaksOffIsNotTakenForOneThatSentTooMuch() throws Exception {
    try (GatewayFixture fresh = bridged(config -> { })) {
      for (String path : List.of("/eventbus/websocket", "/eventbus/000/session/websocket")) {
        RawSocket.connect(fresh.port()).upgrade(path + "?token=" + fresh.token("ada")).close();
      }
      until("both are gone", () -> fresh.counter("vestibule.connections.closed", "transport", "bridge", "reason", "client") == 2);
    }
  }

  @Test
  void aNodeThatGoesAwaySaysSo() throws Exception {
    try (GatewayFixture leaving = bridged(config -> { })) {
      BridgeClient ada = BridgeClient.of(leaving, "ada");
      ada.fence();
      Future<Void> stopped = leaving.stop();
      ada.refused("restarting");
      ada.closedWith(1012);
      stopped.await();
    }
  }

  @Test
  void aClientThatDoesNotReadIsCutOff() throws Exception {
    try (GatewayFixture small = bridged(config -> config.outboundBuffer = 64 * 1024)) {
      BridgeClient ada = BridgeClient.of(small, "ada");
      ada.send("register", "chat.room", null).fence();
      ada.socket.pause();
      String large = "x".repeat(16 * 1024);
      until("it is cut off", () -> {
        small.vertx.eventBus().publish("chat.room", large);
        return small.gauge("vestibule.connections") == 0;
      });
      // The client would otherwise never notice, and hold up the end.
      ada.socket.resume();
    }
  }

  private static HttpResponse<String> post(String path, String contentType, String body) {
    return http(path, HttpRequest.BodyPublishers.ofString(body), contentType);
  }

  private static HttpResponse<String> get(String path) {
    return http(path, null, null);
  }

  /** A connection for each request: SockJS ends a polling client's connection behind its answer, which would hit whatever came next. */
  private static HttpResponse<String> http(String path, HttpRequest.BodyPublisher body, String contentType) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + path)).timeout(Duration.ofSeconds(60));
    if (contentType != null) {
      request.header("Content-Type", contentType);
    }
    try {
      return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build().send((body == null ? request : request.POST(body)).build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void pollingClientsAreServedToo() {
    String query = "?token=" + gateway.token("ada");
    String session = "/eventbus/000/" + Long.toString(System.nanoTime(), 36);
    assertThat(new JsonObject(get("/eventbus/info" + query).body()).getBoolean("websocket")).isTrue();
    assertThat(poll(session, query).body()).isEqualTo("o\n");
    String request = new JsonObject().put("type", "send").put("address", "echo.service").put("body", 1).put("replyAddress", "r").encode();
    assertThat(post(session + "/xhr_send" + query, "text/plain", new JsonArray().add(request).encode()).statusCode()).isEqualTo(204);
    assertThat(poll(session, query).body()).startsWith("a[").contains("userId", "ada");
  }

  private static HttpResponse<String> poll(String session, String query) {
    return post(session + "/xhr" + query, null, "");
  }

  private static HttpResponse<String> say(String session, String query, String text) {
    String frame = new JsonObject().put("type", "publish").put("address", "chat.room").put("body", text).encode();
    return post(session + "/xhr_send" + query, "text/plain", new JsonArray().add(frame).encode());
  }

  @Test
  void aPollingSessionBelongsToWhoOpenedIt() {
    List<Object> heard = new CopyOnWriteArrayList<>();
    var room = gateway.vertx.eventBus().consumer("chat.room", message -> heard.add(message.body()));
    String ada = "?token=" + gateway.token("ada");
    String eve = "?token=" + gateway.token("eve");
    String id = Long.toString(System.nanoTime(), 36);
    String session = "/eventbus/000/" + id;
    assertThat(poll(session, ada).body()).isEqualTo("o\n");

    assertThat(say(session, eve, "forged").body()).contains("token_other_user");
    assertThat(poll(session, eve).body()).contains("token_other_user");
    assertThat(get(session + "/eventsource" + eve).body()).contains("token_other_user");
    // Nor by a parameter that the library would mistake for the one of the path.
    assertThat(say("/eventbus/000/other" + id, eve + "&param0=" + id, "forged").statusCode()).isEqualTo(400);
    assertThat(post("/eventbus/000/other" + id + "/xhr_send" + eve, "application/x-www-form-urlencoded", "param0=" + id).statusCode()).isEqualTo(400);

    // Another token of the same user is as good as the first.
    assertThat(say(session, "?token=" + token(gateway, Duration.ofMinutes(1)), "genuine").statusCode()).isEqualTo(204);
    until("it is heard", () -> heard.contains("genuine"));
    assertThat(heard).containsExactly("genuine");
    room.unregister().await();
  }

  @Test
  void aBridgeThatIsNotEnabledIsNotThere() throws Exception {
    try (GatewayFixture without = GatewayFixture.start()) {
      assertThat(catchThrowableOfType(BridgeClient.Refused.class, () -> BridgeClient.of(without, "ada")).status()).isEqualTo(404);
    }
  }
}
