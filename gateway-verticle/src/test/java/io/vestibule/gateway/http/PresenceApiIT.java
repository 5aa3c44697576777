package io.vestibule.gateway.http;

import static io.vestibule.gateway.http.TestServer.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.cluster.NodeRef;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.contract.presence.Known.Member;
import io.vestibule.contract.presence.UserStatus;
import io.vestibule.gateway.api.TestPresence;
import io.vestibule.gateway.http.TestServer.Reply;
import io.vestibule.gateway.topic.UserTopic;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who is there, over real HTTP and a real bus, on which two scripted owners answer. */
class PresenceApiIT {
  private static final List<String> OWNERS = List.of("p-1", "p-2");
  private static final Member ONLINE = new Member(1, 0, UserStatus.ONLINE, null);

  private TestServer server;
  private TestPresence first;
  private TestPresence second;

  @BeforeEach
  void start() {
    TestServer.Options options = new TestServer.Options();
    options.otherNodes = Set.of(new NodeRef("p-1", "first", Set.of("presence")), new NodeRef("p-2", "second", Set.of("presence")));
    server = new TestServer(options);
    first = new TestPresence(server.bus, "p-1", OWNERS);
    second = new TestPresence(server.bus, "p-2", OWNERS);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void put(String topic, String user, Member member) {
    Stream.of(first, second).filter(owner -> owner.owns(topic)).forEach(owner -> owner.put(topic, user, member));
  }

  private Reply get(String path) {
    return server.send(HttpMethod.GET, "/api/presence/" + path, Map.of("X-API-Key", TestServer.API_KEY), null);
  }

  private String bearer(String claims) {
    return "Bearer " + server.token("ada", new JsonObject("{\"caps\":" + claims + "}"));
  }

  private Reply get(String path, String claims) {
    return server.send(HttpMethod.GET, "/api/presence/" + path, Map.of("Authorization", bearer(claims)), null);
  }

  @Test
  void countsUnlessNamesAreAskedFor() {
    put("room.a", "ann", ONLINE);
    put("room.a", "bob", ONLINE);

    Reply reply = get("room.a");
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.headers().get("Content-Type")).isEqualTo("application/json");
    assertThat(reply.headers().get("Cache-Control")).isEqualTo("no-store");
    assertThat(reply.body()).isEqualTo(new JsonObject().put("topic", "room.a").put("count", 2));
    assertThat(get("room.nobody").body()).isEqualTo(new JsonObject().put("topic", "room.nobody").put("count", 0));
  }

  @Test
  void membersAsThePresenceFrameHasThem() {
    put("room.a", "ann", new Member(3, 1_700_000_000_123L, new UserStatus("busy", "{\"mood\":[1]}", 5), "{\"name\":\"Ann\"}"));
    put("room.a", "bob", ONLINE);

    JsonObject body = get("room.a?limit=10").body();
    assertThat(body.getInteger("count")).isEqualTo(2);
    assertThat(body.containsKey("next")).isFalse();
    assertThat(body.getJsonArray("members").getJsonObject(0)).isEqualTo(new JsonObject().put("userId", "ann").put("connections", 3).put("status", "busy")
        .put("data", new JsonObject("{\"mood\":[1]}")).put("info", new JsonObject().put("name", "Ann")).put("since", "2023-11-14T22:13:20.123Z"));
    assertThat(body.getJsonArray("members").getJsonObject(1)).isEqualTo(new JsonObject().put("userId", "bob").put("connections", 1).put("status", "online")
        .put("since", "1970-01-01T00:00:00.000Z"));
  }

  @ParameterizedTest
  @CsvSource({"1, 1000", "3, 1000", "7, 1000", "7, 2", "1000, 3"})
  void pageByPageEverybodyOnce(int limit, int named) {
    first.nameAtMost(named);
    second.nameAtMost(named);
    List<String> all = IntStream.range(0, 7).mapToObj(i -> "u&ü " + i).toList();
    all.forEach(user -> put("room.a", user, ONLINE));
    List<String> seen = new ArrayList<>();
    JsonObject page = get("room.a?limit=" + limit).body();
    while (true) {
      page.getJsonArray("members").forEach(member -> seen.add(((JsonObject) member).getString("userId")));
      String next = page.getString("next");
      if (next == null) {
        break;
      }
      page = get("room.a?limit=" + limit + "&after=" + java.net.URLEncoder.encode(next, java.nio.charset.StandardCharsets.UTF_8)).body();
    }
    assertThat(seen).isEqualTo(all);
  }

  @ParameterizedTest
  @CsvSource({
      "room.a?limit=-1,              400, invalid_value, limit",
      "room.a?limit=1001,            400, invalid_value, limit",
      "room.a?limit=99999999999999,  400, invalid_value, limit",
      "room.a?limit=,                400, invalid_value, limit",
      "room.a?limit=1.0,             400, invalid_value, limit",
      "room.a?limit=%D9%A1,          400, invalid_value, limit",
      "room.a?after=,                400, invalid_value, after",
      "room.a?limit=1&limit=2,       400, duplicate_key, limit",
      "room.a?offset=1,              400, unknown_field, offset",
      "room.*,                       400, invalid_topic, topic",
      "room%2Fa,                     400, invalid_topic, topic",
      "room%20a,                     400, invalid_topic, topic",
      "room..a,                      400, invalid_topic, topic",
  })
  void aMalformedQuestionIsRefusedByName(String path, int status, String reason, String field) {
    Reply reply = get(path);
    assertThat(reply.reason()).isEqualTo(reason);
    assertThat(reply.status()).isEqualTo(status);
    assertThat(reply.headers().get("Content-Type")).isEqualTo("application/problem+json");
    assertThat(reply.body().getJsonObject("details").getString("field")).isEqualTo(field);
    assertThat(first.questions).isEmpty();
    assertThat(second.questions).isEmpty();
  }

  @Test
  void whatIsNoTopicAtAllHarmsNobody() {
    assertThat(get("").status()).isEqualTo(404);
    assertThat(get("a/b").status()).isEqualTo(404);
    assertThat(get("%zz").status()).isEqualTo(400);
    assertThat(get("room.a?after=" + "x".repeat(1_025)).reason()).isEqualTo("invalid_value");
    assertThat(get("room.a?after=" + "x".repeat(5_000)).status()).isEqualTo(414);
    Reply post = server.send(HttpMethod.POST, "/api/presence/room.a", Map.of("X-API-Key", TestServer.API_KEY), "{}");
    assertThat(post.status()).isEqualTo(405);
    assertThat(post.headers().get("Allow")).contains("GET");
  }

  @Test
  void whoMayAsk() {
    put("room.a", "ann", ONLINE);
    assertThat(server.send(HttpMethod.GET, "/api/presence/room.a", Map.of(), null).status()).isEqualTo(401);
    assertThat(server.send(HttpMethod.GET, "/api/presence/room.a", Map.of("X-API-Key", "wrong-key"), null).reason()).isEqualTo("api_key_invalid");
    assertThat(get("room.a", "{\"api\":[\"publish\"]}").reason()).isEqualTo("forbidden_call");
    assertThat(get("room.a", "{\"api\":[\"presence.get\"]}").body().getInteger("count")).isEqualTo(1);
    Reply narrowed = get("room.a", "{\"api\":[\"presence.get\"],\"subscribe\":[\"news.*\"]}");
    assertThat(narrowed.status()).isEqualTo(403);
    assertThat(narrowed.reason()).isEqualTo("forbidden_subscribe");
    assertThat(get("news.a", "{\"api\":[\"presence.get\"],\"subscribe\":[\"news.*\"]}").status()).isEqualTo(200);
  }

  @Test
  void aTopicWhoseRuleKnowsNoPresenceHasNoCount() {
    assertThat(get("blind.a").reason()).isEqualTo("no_presence");
    assertThat(server.api("presence.get", "{\"topics\":[\"room.a\",\"blind.a\"]}").reason()).isEqualTo("no_presence");
  }

  @Test
  void manyTopicsAtOnceFromWhoeverOwnsThem() {
    List<String> topics = IntStream.range(0, 1_000).mapToObj(i -> "t." + i).toList();
    put("t.7", "ann", ONLINE);
    put("t.8", "ann", ONLINE);
    put("t.8", "bob", ONLINE);

    Reply reply = server.api("presence.get", new JsonObject().put("topics", new JsonArray(topics)));
    assertThat(reply.status()).isEqualTo(200);
    JsonArray answers = reply.body().getJsonArray("topics");
    assertThat(answers).hasSize(1_000);
    assertThat(answers.getJsonObject(7)).isEqualTo(new JsonObject().put("topic", "t.7").put("known", true).put("count", 1));
    assertThat(answers.getJsonObject(8).getInteger("count")).isEqualTo(2);
    assertThat(answers.getJsonObject(9).getInteger("count")).isZero();
    assertThat(first.questions).as("each owner is asked once").hasSize(1);
    assertThat(second.questions).hasSize(1);
    assertThat(first.questions.get(0).asks()).hasSizeBetween(300, 700).allSatisfy(ask -> assertThat(ask.limit()).isZero());
    Reply tooMany = server.api("presence.get", new JsonObject().put("topics", new JsonArray(topics).copy().add("one.more")));
    assertThat(tooMany.reason()).isEqualTo("invalid_value");
    assertThat(tooMany.body().getJsonObject("details").getInteger("limit")).isEqualTo(1_000);
  }

  @Test
  void whichOfTheseFriendsAreOnline() {
    List<String> friends = IntStream.range(0, 200).mapToObj(i -> "friend " + i).toList();
    put(UserTopic.of("friend 3"), "friend 3", ONLINE);
    for (TestPresence owner : List.of(first, second)) {
      owner.seen(UserTopic.of("friend 4"), 1_700_000_000_000L);
    }

    JsonArray users = server.api("presence.get", new JsonObject().put("userIds", new JsonArray(friends))).body().getJsonArray("users");
    assertThat(users).hasSize(200);
    assertThat(users.getJsonObject(3)).isEqualTo(new JsonObject().put("userId", "friend 3").put("known", true).put("online", true));
    assertThat(users.getJsonObject(4)).isEqualTo(new JsonObject().put("userId", "friend 4").put("known", true).put("online", false).put("lastSeen", 1_700_000_000_000L));
    assertThat(users.getJsonObject(5)).isEqualTo(new JsonObject().put("userId", "friend 5").put("known", true).put("online", false));
    assertThat(users.stream().filter(user -> ((JsonObject) user).getBoolean("online")).count()).isEqualTo(1);
  }

  @Test
  void whatCouldNotBeFoundOutIsSaid() {
    String knownTopic = first.topicOf("t.");
    String silentTopic = second.topicOf("t.");
    put(knownTopic, "ann", ONLINE);
    second.fallSilent();
    long started = System.nanoTime();

    JsonArray topics = server.api("presence.get", new JsonObject().put("topics", new JsonArray().add(silentTopic).add(knownTopic))).body().getJsonArray("topics");
    assertThat(topics.getJsonObject(0)).isEqualTo(new JsonObject().put("topic", silentTopic).put("known", false));
    assertThat(topics.getJsonObject(1)).isEqualTo(new JsonObject().put("topic", knownTopic).put("known", true).put("count", 1));
    assertThat(System.nanoTime() - started).as("a deadline was waited for").isGreaterThan(1_900_000_000L);
    Reply single = get(silentTopic);
    assertThat(single.status()).isEqualTo(503);
    assertThat(single.reason()).isEqualTo("unavailable");
    assertThat(single.headers().get("Retry-After")).isEqualTo("1");
    assertThat(get(knownTopic).status()).isEqualTo(200);
  }

  @Test
  void anOwnerThatIsGoneOrSaysNonsenseKnowsNothing() {
    String ofFirst = first.topicOf("t.");
    String ofSecond = second.topicOf("t.");
    first.garble();
    second.close();
    JsonObject body = new JsonObject().put("topics", new JsonArray().add(ofFirst).add(ofSecond).add(first.topicOf("s.")));
    assertThat(server.api("presence.get", body).body().getJsonArray("topics")).allSatisfy(entry -> assertThat(((JsonObject) entry).getBoolean("known")).isFalse());
    assertThat(get(ofFirst).status()).isEqualTo(503);
    assertThat(get(ofSecond).status()).isEqualTo(503);
  }

  @Test
  void withoutAnyNodeThatKnowsNothingIsKnown() {
    try (TestServer alone = new TestServer(new TestServer.Options())) {
      assertThat(alone.send(HttpMethod.GET, "/api/presence/a", Map.of("X-API-Key", TestServer.API_KEY), null).status()).isEqualTo(503);
      JsonArray users = alone.api("presence.get", "{\"userIds\":[\"ann\"]}").body().getJsonArray("users");
      assertThat(users).isEqualTo(new JsonArray().add(new JsonObject().put("userId", "ann").put("known", false)));
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
      "{}                                     | missing_field | topic      ",
      "{\"topic\":\"a\",\"topics\":[\"b\"]}   | invalid_value | topics     ",
      "{\"topics\":[\"a\"],\"userIds\":[\"b\"]} | invalid_value | userIds  ",
      "{\"topic\":7}                          | wrong_type    | topic      ",
      "{\"topic\":\"a.**\"}                   | invalid_topic | topic      ",
      "{\"topic\":\"a\",\"limit\":1001}       | invalid_value | limit      ",
      "{\"topic\":\"a\",\"limit\":\"5\"}      | wrong_type    | limit      ",
      "{\"topic\":\"a\",\"after\":\"\"}       | invalid_value | after      ",
      "{\"topics\":[\"a\"],\"limit\":5}       | invalid_value | limit      ",
      "{\"topics\":\"a\"}                     | wrong_type    | topics     ",
      "{\"topics\":[]}                        | invalid_value | topics     ",
      "{\"topics\":[\"a\",\"b..c\"]}          | invalid_topic | topics[1]  ",
      "{\"userIds\":[\"a\",\"\"]}             | invalid_value | userIds[1] ",
      "{\"userIds\":[\"a\",null]}             | wrong_type    | userIds[1] ",
      "{\"topic\":\"a\",\"user\":\"b\"}       | unknown_field | user       ",
  })
  void aMalformedBodyIsRefusedByName(String body, String reason, String field) {
    Reply reply = server.api("presence.get", body);
    assertThat(reply.reason()).as(reply.raw().toString()).isEqualTo(reason);
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.body().getJsonObject("details").getString("field")).isEqualTo(field);
  }

  @Test
  void theSameOnTheBusAndInABatch() {
    put("room.a", "ann", ONLINE);
    JsonObject question = new JsonObject().put("topic", "room.a").put("limit", 5);
    JsonObject answer = await(server.bus.requestJson(Addresses.PRESENCE_GET, question, null));
    assertThat(answer).isEqualTo(get("room.a?limit=5").body());
    assertThat(answer.getJsonArray("members")).hasSize(1);
    JsonArray results = server.api("batch", new JsonObject().put("commands", new JsonArray().add(new JsonObject().put("presence.get", question)))).body().getJsonArray("results");
    assertThat(results.getJsonObject(0)).isEqualTo(answer.copy().put("ok", true));

    Throwable refused = await(server.bus.requestJson(Addresses.PRESENCE_GET, new JsonObject().put("topic", "*"), null).map(none -> (Throwable) null).otherwise(t -> t));
    assertThat(((Failure) refused).reason()).isEqualTo(ErrorReason.INVALID_TOPIC);
    first.close();
    second.close();
    Throwable unknown = await(server.bus.requestJson(Addresses.PRESENCE_GET, question, null).map(none -> (Throwable) null).otherwise(t -> t));
    assertThat(((Failure) unknown).reason()).isEqualTo(ErrorReason.UNAVAILABLE);
    assertThat(((Failure) unknown).retryAfterMs()).isEqualTo(1_000);
  }

  @Test
  void oneConnectionAsksAgainAndAgain() throws Exception {
    HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/api/presence/room.a")).header("X-API-Key", TestServer.API_KEY).build();
    for (int i = 0; i < 5; i++) {
      assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    }
  }
}
