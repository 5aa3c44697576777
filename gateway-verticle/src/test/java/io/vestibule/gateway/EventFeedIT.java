package io.vestibule.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.contract.bus.Addresses;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code /events/subscribe}: whoever comes hears what anybody may, and nothing else. */
class EventFeedIT {
  private static final String FEED = "/events/subscribe";

  private GatewayFixture gateway;

  @BeforeEach
  void start() {
    gateway = GatewayFixture.start(config -> {
      config.eventConnections = 20;
      config.outboundBuffer = 256 * 1024;
      config.stallTimeout = Duration.ofSeconds(2);
      config.topic("news.**", "anyone", "authenticated", "drop");
      config.durableTopic("record.**", "anyone", "servers", 3);
    });
  }

  @AfterEach
  void stop() throws Exception {
    GatewayFixture.until("all guests are counted out", () -> gauge() == 0);
    gateway.close();
  }

  private double gauge() {
    return gateway.registry.get("vestibule.feed.connections").tag("feed", "events").gauge().value();
  }

  private RawSocket guest(String query) {
    return RawSocket.connect(gateway.port()).upgrade(FEED + query);
  }

  private RawSocket welcomed(String query) {
    RawSocket guest = guest(query);
    assertThat(guest.text().type()).isEqualTo("connection");
    return guest;
  }

  private JsonObject publish(JsonObject message) throws Exception {
    return GatewayFixture.await(gateway.bus.requestJson(Addresses.PUBLISH, message, "test"));
  }

  private JsonObject publish(String topic, Object data) throws Exception {
    return publish(new JsonObject().put("topic", topic).put("data", data));
  }

  @Test
  void whoeverComesHearsWhatAnybodyMay() throws Exception {
    try (RawSocket guest = guest("")) {
      JsonObject first = guest.text().json();
      assertThat(first.getString("type")).isEqualTo("connection");
      assertThat(first.getString("timestamp")).isNotEmpty();
      assertThat(first.getJsonObject("data").getJsonArray("topics")).isEqualTo(JsonArray.of("public.**"));
      assertThat(first.getJsonObject("data").getString("connectionId")).isNotEmpty();
      publish("room.a", "for those who have authenticated");
      publish(new JsonObject().put("topic", "public.a").put("data", new JsonObject().put("n", 1)).put("eventType", "goal").put("metadata", new JsonObject().put("m", 2)));
      JsonObject event = guest.text().json();
      assertThat(event.remove("timestamp")).isNotNull();
      assertThat(event).isEqualTo(new JsonObject("{\"type\":\"goal\",\"data\":{\"n\":1},\"topic\":\"public.a\",\"metadata\":{\"m\":2}}"));
      publish("public.b.c", null);
      event = guest.text().json();
      assertThat(event.remove("timestamp")).isNotNull();
      assertThat(event).isEqualTo(new JsonObject("{\"type\":\"message\",\"data\":null,\"topic\":\"public.b.c\"}"));
    }
    GatewayFixture.until("it is told to the meters", () -> gateway.counter("vestibule.feed.delivered", "feed", "events") == 2);
    assertThat(gateway.counter("vestibule.feed.opened", "feed", "events")).isEqualTo(1);
  }

  @Test
  void whatIsPickedComesOnce() throws Exception {
    try (RawSocket guest = welcomed("?topics=news.a,news.*,**,news.a"); RawSocket anna = gateway.open("anna").subscribe("news.*")) {
      anna.send(new JsonObject().put("type", "message").put("topic", "news.a").put("data", 1));
      assertThat(anna.await("message").getString("pattern")).isEqualTo("news.*");
      JsonObject first = guest.text().json();
      assertThat(first.getInteger("data")).isEqualTo(1);
      assertThat(first.getJsonObject("metadata")).isEqualTo(new JsonObject().put("senderId", "anna"));
      publish("news.b", 2);
      publish("room.a", 3);
      publish("public.a", 4);
      assertThat(List.of(guest.text().json().getInteger("data"), guest.text().json().getInteger("data"))).containsExactlyInAnyOrder(2, 4);
      guest.send("{\"type\":\"ping\"}");
      assertThat(guest.text().type()).as("nothing else has come").isEqualTo("pong");
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = ';', value = {
      "?topics=;                            400; invalid_topic",
      "?topics=a..b;                        400; invalid_topic",
      "?topics=public.a,;                   400; invalid_topic",
      "?topics=public.**.**.**;             400; invalid_pattern",
      "?topics=public.a&topics=public.b;    400; duplicate_key",
      "?topics=%zz;                         400; invalid_value",
      "?topics=room.a;                      403; forbidden_subscribe",
      "?topics=public.a,room.*;             403; forbidden_subscribe",
      "?topics=user.anna;                   403; forbidden_subscribe",
      "?topics=user.**;                     403; forbidden_subscribe",
      "?topics=vestibule.x;                 403; forbidden_subscribe"})
  void whatMayNotBeHeardIsRefusedBeforeThereIsASocket(String query, int status, String reason) {
    try (RawSocket refused = RawSocket.connect(gateway.port())) {
      String head = refused.request(FEED + query);
      assertThat(head).startsWith("HTTP/1.1 " + status).containsIgnoringCase("content-type: application/problem+json");
      assertThat(new JsonObject(refused.readBody(head)).getString("reason")).isEqualTo(reason);
    }
    assertThat(gauge()).isZero();
  }

  @Test
  void tooManyTopicsAreRefusedAndAsManyAsMayBeAreNot() {
    String most = IntStream.range(0, 200).mapToObj(i -> "public." + i).collect(Collectors.joining(","));
    try (RawSocket refused = RawSocket.connect(gateway.port()); RawSocket guest = welcomed("?topics=" + most)) {
      String head = refused.request(FEED + "?topics=" + most + ",public.x");
      assertThat(new JsonObject(refused.readBody(head)).getString("reason")).isEqualTo("too_many_subscriptions");
      assertThat(gateway.gauge("vestibule.subscriptions")).isEqualTo(200);
      guest.send("{\"type\":\"ping\"}");
      guest.await("pong");
    }
  }

  @Test
  void aPageOfSomebodyElseAndARequestThatIsNoUpgradeAreRefused() {
    try (RawSocket page = RawSocket.connect(gateway.port()); RawSocket plain = RawSocket.connect(gateway.port())) {
      assertThat(page.request(FEED, "Origin: https://evil.example.com")).startsWith("HTTP/1.1 403");
      plain.send("GET /events/subscribe HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
      assertThat(plain.readHead()).startsWith("HTTP/1.1 426");
    }
  }

  @Test
  void guestsHaveAnEndOfTheirOwn() {
    List<RawSocket> guests = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      guests.add(welcomed(""));
    }
    try (RawSocket oneMore = RawSocket.connect(gateway.port()); RawSocket anna = gateway.open("anna")) {
      String head = oneMore.request(FEED);
      assertThat(head).startsWith("HTTP/1.1 503").containsIgnoringCase("retry-after: ");
      assertThat(new JsonObject(oneMore.readBody(head)).getString("reason")).isEqualTo("node_full");
      anna.send("{\"type\":\"ping\"}");
      anna.await("pong");
    }
    guests.get(0).close();
    GatewayFixture.until("one has gone", () -> gauge() == 19);
    guests.set(0, welcomed(""));
    guests.forEach(RawSocket::close);
  }

  @Test
  void nobodyAsksAGuestWhoItIs() throws Exception {
    gateway.close();
    gateway = GatewayFixture.start(config -> config.authTimeout = Duration.ofSeconds(2));
    long opened = System.nanoTime();
    try (RawSocket guest = welcomed("?token=nonsense"); RawSocket stranger = gateway.open()) {
      stranger.expectClose(4501, "not_authenticated");
      GatewayFixture.until("its time would be over too", () -> System.nanoTime() - opened > Duration.ofMillis(2_800).toNanos());
      guest.send("{\"type\":\"ping\",\"id\":7}");
      assertThat(guest.text().json().fieldNames()).containsExactlyInAnyOrder("type", "data", "timestamp");
      guest.send(RawSocket.frame(0x89, "hi"));
      assertThat(guest.next()).isEqualTo(new RawSocket.Pong(2));
      publish("public.a", 1);
      assertThat(guest.text().json().getInteger("data")).isEqualTo(1);
    }
    assertThat(gateway.coordinator.heard(io.vestibule.contract.admission.AdmissionCommand.Join.class)).as("it stands in no line")
        .noneMatch(join -> !join.user().equals("warm-up"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"type\":\"auth\",\"token\":\"x\"}", "{\"type\":\"subscribe\",\"topic\":\"room.a\"}", "{\"type\":\"message\",\"topic\":\"public.a\",\"data\":1}", "{\"type\":\"leave\"}",
      "{\"type\":\"x\"}", "{\"topic\":1}", "[]", "hello", "{\"type\":\"ping\",\"type\":\"ping\"}"})
  void nothingButAPingMayBeSaid(String text) {
    try (RawSocket guest = welcomed("")) {
      guest.send(text);
      JsonObject error = guest.text().json();
      assertThat(error.getString("type")).isEqualTo("error");
      assertThat(error.getJsonObject("data").getInteger("code")).isEqualTo(400);
      assertThat(error.getJsonObject("data").getString("reason")).isEqualTo(text.startsWith("{") ? "receive_only" : "not_json");
      guest.send("{\"type\":\"ping\"}");
      assertThat(guest.text().type()).as("once, and the connection lives on").isEqualTo("pong");
      for (int i = 0; i < 10; i++) {
        guest.send(text);
      }
      List<RawSocket.Received> rest = guest.rest();
      assertThat(((RawSocket.Text) rest.get(rest.size() - 3)).json().getJsonObject("data").getString("reason")).isEqualTo("protocol_abuse");
      assertThat(rest).contains(new RawSocket.Goodbye(4400, "protocol_abuse"));
    }
  }

  @Test
  void bytesAreStrikesTooAndALongMessageIsTheEnd() {
    try (RawSocket guest = welcomed(""); RawSocket talkative = welcomed("")) {
      guest.send(RawSocket.frame(0x82, "bytes"));
      assertThat(guest.text().json().getJsonObject("data").getString("reason")).isEqualTo("binary_not_supported");
      talkative.trySend(RawSocket.frame(0x81, "x".repeat(70_000)));
      assertThat(talkative.rest()).contains(new RawSocket.Goodbye(1009, "too_large"));
    }
  }

  @Test
  void aServerMayEndItAndGivesItNothing() throws Exception {
    RawSocket guest = guest("");
    String id = guest.text().json().getJsonObject("data").getString("connectionId");
    JsonObject target = new JsonObject().put("connectionId", id);
    JsonObject given = GatewayFixture.await(gateway.bus.requestJson(Addresses.SUBSCRIBE, target.copy().put("topic", "room.a"), "test"));
    assertThat(given.getInteger("connections")).isZero();
    GatewayFixture.await(gateway.bus.requestJson(Addresses.UNSUBSCRIBE, target.copy().put("topic", "public.**"), "test"));
    assertThat(guest.await("unsubscribed").getJsonObject("data")).isEqualTo(new JsonObject().put("topic", "public.**"));
    GatewayFixture.await(gateway.bus.requestJson(Addresses.DISCONNECT, target.copy().put("message", "bye"), "test"));
    JsonObject closing = guest.await("closing").getJsonObject("data");
    assertThat(closing.getString("message")).isEqualTo("bye");
    assertThat(closing.getBoolean("reconnect")).isFalse();
    assertThat(guest.rest()).contains(new RawSocket.Goodbye(4511, "disconnected"));
  }

  @Test
  void whatIsKeptHasAPlaceAndAHoleIsTold() throws Exception {
    try (RawSocket named = welcomed("?topics=record.a"); RawSocket all = welcomed("?topics=record.**")) {
      String epoch = publish("record.a", 1).getString("epoch");
      for (RawSocket guest : List.of(named, all)) {
        JsonObject event = guest.text().json();
        assertThat(event.getInteger("data")).isEqualTo(1);
        assertThat(event.getString("epoch")).isEqualTo(epoch);
        assertThat(event.getLong("offset")).isEqualTo(1);
      }
      // Another node stores more than is kept, and none of it comes over the bus.
      EventFeedSteps.store(gateway, "record.a", 5, 3);
      for (RawSocket guest : List.of(named, all)) {
        JsonObject gap = guest.text().json();
        assertThat(gap.getString("type")).isEqualTo("gap");
        assertThat(gap.containsKey("topic")).as("only events have one").isFalse();
        assertThat(gap.getJsonObject("data")).isEqualTo(new JsonObject().put("topic", "record.a")
            .put("from", new JsonObject().put("epoch", epoch).put("offset", 1)).put("to", new JsonObject().put("epoch", epoch).put("offset", 3)));
        assertThat(guest.text().json().getLong("offset")).isEqualTo(4);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"public.a, 4008", "news.a, 0"})
  void whoeverReadsNothingIsGone(String topic, int code) {
    try (RawSocket lazy = RawSocket.connect(gateway.port(), 8 * 1024).upgrade(FEED + "?topics=" + topic); RawSocket reader = welcomed("?topics=" + topic)) {
      String pad = "x".repeat(10_000);
      for (int i = 0; gauge() == 2; i++) {
        gateway.publish(topic, i + pad);
        assertThat(reader.text().json().getString("data")).startsWith(i + "x");
      }
      assertThat(gateway.counter("vestibule.messages.slow", "policy", code == 0 ? "drop" : "disconnect")).isPositive();
      GatewayFixture.until("nothing waits", () -> gateway.waitingBytes() == 0);
      lazy.expectEnd();
    }
  }

  @Test
  void itMayBeSwitchedOff() throws Exception {
    try (GatewayFixture without = GatewayFixture.start(config -> config.eventFeed = false); RawSocket refused = RawSocket.connect(without.port())) {
      assertThat(refused.request(FEED)).startsWith("HTTP/1.1 404");
    }
  }
}
