package io.vestibule.gateway.http;

import static io.vestibule.gateway.http.TestServer.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.cluster.NodeRef;
import io.vestibule.contract.message.GatewayCommand;
import io.vestibule.contract.message.GatewayCommand.Target;
import io.vestibule.gateway.http.TestServer.Reply;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerApiIT {
  @AutoClose
  private static TestServer server = new TestServer(new TestServer.Options());

  @BeforeEach
  void forget() {
    server.forget();
  }

  private static JsonObject onlyFrame() {
    eventually(() -> server.published.size() == 1);
    return new JsonObject(server.published.get(0).frame());
  }

  private static Reply call(String call, String authorization, String body) {
    return server.send(HttpMethod.POST, "/api/" + call, Map.of("Authorization", authorization, "Content-Type", "application/json"), body);
  }

  private static String caps(String claims) {
    return "Bearer " + server.token("ada", new JsonObject("{\"caps\":" + claims + "}"));
  }

  @Test
  void publishHandsTheDataOnAsItCame() {
    Reply reply = server.api("publish",
        "{\"topic\":\"a.b\", \"data\" : { \"n\" : 1.00, \"s\":\"ä\\u0041\" } ,\"eventType\":\"x\",\"messageId\":\"m-1\",\"metadata\":{\"k\":[1],\"senderId\":\"forged\"}}");

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.body()).isEqualTo(new JsonObject().put("topic", "a.b"));
    JsonObject frame = onlyFrame();
    assertThat(server.published.get(0).frame().toString()).contains("{ \"n\" : 1.00, \"s\":\"ä\\u0041\" }");
    assertThat(frame.getString("type")).isEqualTo("message");
    assertThat(frame.getString("topic")).isEqualTo("a.b");
    assertThat(frame.getString("eventType")).isEqualTo("x");
    assertThat(frame.getString("messageId")).isEqualTo("m-1");
    assertThat(frame.getJsonObject("metadata")).isEqualTo(new JsonObject().put("k", new JsonArray().add(1)));
  }

  private static long timed(String call, String outcome) {
    return server.registry.get("vestibule.api.calls").tags("call", call, "way", "http", "outcome", outcome).timer().count();
  }

  @Test
  void everyCallIsTimedByItsOutcome() {
    long ok = timed("broadcast", "2xx");
    long refused = timed("broadcast", "4xx");
    int series = server.registry.getMeters().size();
    assertThat(server.api("broadcast", "{\"topics\":[\"a\"],\"data\":1}").status()).isEqualTo(200);
    assertThat(server.api("broadcast", "nonsense").status()).isEqualTo(400);
    assertThat(server.send(HttpMethod.POST, "/api/broadcast", Map.of(), "{}").status()).isEqualTo(401);
    assertThat(server.send(HttpMethod.POST, "/api/unheard-of", Map.of(), "{}").status()).isEqualTo(404);
    eventually(() -> timed("broadcast", "2xx") == ok + 1 && timed("broadcast", "4xx") == refused + 2);
    assertThat(server.registry.getMeters()).as("no caller makes a series").hasSize(series);
    eventually(() -> server.published.size() == 1);
  }

  @Test
  void nullIsDataToo() {
    assertThat(server.api("publish", "{\"topic\":\"a\",\"data\":null}").status()).isEqualTo(200);
    assertThat(onlyFrame().containsKey("data")).isTrue();
  }

  @Test
  void serversPublishToAUsersOwnTopicAndNobodyToTheServersOwn() {
    assertThat(server.api("publish", "{\"topic\":\"user.ada\",\"data\":1}").status()).isEqualTo(200);
    assertThat(server.api("publish", "{\"topic\":\"vestibule.x\",\"data\":1}").reason()).isEqualTo("forbidden_publish");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
      "publish     | nonsense                                    | not_json      |               ",
      "publish     | []                                          | not_json      |               ",
      "publish     | {\"topic\":\"a\",\"data\":1}{}              | not_json      |               ",
      "publish     | {\"topic\":\"a\",\"data\":01}               | not_json      |               ",
      "publish     | {}                                          | missing_field | topic         ",
      "publish     | {\"topic\":\"a\"}                           | missing_field | data          ",
      "publish     | {\"topic\":null,\"data\":1}                 | missing_field | topic         ",
      "publish     | {\"topic\":7,\"data\":1}                    | wrong_type    | topic         ",
      "publish     | {\"topic\":\"a\",\"data\":1,\"eventType\":1}  | wrong_type  | eventType     ",
      "publish     | {\"topic\":\"a\",\"data\":1,\"metadata\":[]}  | wrong_type  | metadata      ",
      "publish     | {\"topic\":\"a\",\"data\":1,\"messageId\":{}} | wrong_type  | messageId     ",
      "publish     | {\"topic\":\"a\",\"data\":1,\"dat\":2}      | unknown_field | dat           ",
      "publish     | {\"topic\":\"a\",\"topic\":\"b\",\"data\":1} | duplicate_key | topic        ",
      "publish     | {\"topic\":\"a\",\"data\":1,\"metadata\":{\"x\":1,\"x\":2}} | duplicate_key | metadata.x ",
      "publish     | {\"topic\":\"a..b\",\"data\":1}             | invalid_topic | topic         ",
      "publish     | {\"topic\":\"a.*\",\"data\":1}              | wildcard_in_publish | topic   ",
      "publish     | {\"topic\":\"a\",\"data\":[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]} | too_deep |   ",
      "broadcast   | {\"topics\":\"a\",\"data\":1}               | wrong_type    | topics        ",
      "broadcast   | {\"topics\":[],\"data\":1}                  | invalid_value | topics        ",
      "broadcast   | {\"topics\":[\"a\",2],\"data\":1}           | wrong_type    | topics[1]     ",
      "disconnect  | {}                                          | missing_field | userId        ",
      "disconnect  | {\"userId\":\"a\",\"connectionId\":\"b\"}   | invalid_value | connectionId  ",
      "disconnect  | {\"userId\":\"\"}                           | invalid_value | userId        ",
      "disconnect  | {\"userId\":[\"a\"]}                        | wrong_type    | userId        ",
      "subscribe   | {\"userId\":\"a\"}                          | missing_field | topic         ",
      "subscribe   | {\"userId\":\"a\",\"topic\":\"a.***\"}      | invalid_pattern | topic       ",
      "unsubscribe | {\"connectionId\":\"a\",\"topic\":\" \"}    | invalid_topic | topic         ",
      "batch       | {\"commands\":{}}                           | wrong_type    | commands      ",
      "batch       | {\"commands\":[]}                           | invalid_value | commands      ",
  })
  void aMalformedBodyIsRefusedByName(String call, String body, String reason, String field) {
    Reply reply = server.api(call, body);

    assertThat(reply.reason()).as(reply.raw().toString()).isEqualTo(reason);
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.body().getJsonObject("details").getString("field")).isEqualTo(field);
    assertThat(server.published).isEmpty();
  }

  @Test
  void whatIsNotUtf8IsNotJson() {
    Reply reply = server.send(HttpMethod.POST, "/api/publish", Map.of("X-API-Key", TestServer.API_KEY, "Content-Type", "application/json"), "\ufeff{}");
    assertThat(reply.reason()).isEqualTo("not_json");
  }

  @Test
  void theTopicsRuleLimitsTheData() {
    Reply reply = server.api("publish", new JsonObject().put("topic", "small.x").put("data", "x".repeat(30)));
    assertThat(reply.status()).isEqualTo(413);
    assertThat(reply.body().getJsonObject("details").getInteger("limit")).isEqualTo(20);
  }

  @Test
  void whoDoesNotSayWhoTheyAreIsNotRead() {
    Reply reply = server.send(HttpMethod.POST, "/api/publish", Map.of("Content-Type", "application/json"), "nonsense");
    assertThat(reply.status()).isEqualTo(401);
    assertThat(reply.reason()).isEqualTo("not_authenticated");
    assertThat(reply.headers().get("WWW-Authenticate")).isEqualTo("Bearer");
  }

  @Test
  void aKeyMayComeAsABearerToo() {
    assertThat(call("publish", "Bearer " + TestServer.API_KEY, "{\"topic\":\"a\",\"data\":1}").status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({"X-API-Key, wrong-key, api_key_invalid", "Authorization, Bearer wrong-key, api_key_invalid",
      "Authorization, Bearer a.b.c, token_malformed", "Authorization, Basic abc, not_authenticated"})
  void wrongCredentials(String header, String value, String reason) {
    Reply reply = server.send(HttpMethod.POST, "/api/publish", Map.of(header, value, "Content-Type", "application/json"), "{}");
    assertThat(reply.status()).isEqualTo(401);
    assertThat(reply.reason()).isEqualTo(reason);
  }

  @Test
  void aTokenOpensTheCallsThatItNames() {
    String publisher = caps("{\"api\":[\"publish\"]}");

    assertThat(call("publish", publisher, "{\"topic\":\"a\",\"data\":1}").status()).isEqualTo(200);
    assertThat(onlyFrame().getJsonObject("metadata").getString("senderId")).isEqualTo("ada");
    Reply refused = call("disconnect", publisher, "not even JSON");
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.reason()).isEqualTo("forbidden_call");
    assertThat(refused.body().getJsonObject("details").getString("call")).isEqualTo("disconnect");
    assertThat(call("publish", "Bearer " + server.token("ada", new JsonObject()), "{}").reason()).isEqualTo("forbidden_call");
  }

  @Test
  void aTokensOtherCapabilitiesNarrowIt() {
    String narrow = caps("{\"api\":[\"publish\",\"broadcast\",\"subscribe\"],\"publish\":[\"news.*\"],\"subscribe\":[\"news.*\"]}");

    assertThat(call("publish", narrow, "{\"topic\":\"news.a\",\"data\":1}").status()).isEqualTo(200);
    assertThat(call("publish", narrow, "{\"topic\":\"chat.a\",\"data\":1}").reason()).isEqualTo("forbidden_publish");
    Reply broadcast = call("broadcast", narrow, "{\"topics\":[\"news.a\",\"chat.a\"],\"data\":1}");
    assertThat(broadcast.body().getInteger("published")).isEqualTo(1);
    assertThat(call("subscribe", narrow, "{\"userId\":\"bob\",\"topic\":\"chat.a\"}").reason()).isEqualTo("forbidden_subscribe");
  }

  @ParameterizedTest
  @ValueSource(strings = {"user.ada", "user.ada.inbox", "user.bob", "vestibule.x"})
  void nobodyIsSubscribedToAPersonsOwnTopicNotEvenByThatPerson(String topic) {
    Reply reply = call("subscribe", caps("{\"api\":[\"subscribe\"]}"), new JsonObject().put("userId", "eve").put("topic", topic).encode());
    assertThat(reply.reason()).isEqualTo("forbidden_subscribe");
    assertThat(server.commands).isEmpty();
  }

  @Test
  void broadcastSaysWhatFailed() {
    Reply reply = server.api("broadcast", "{\"topics\":[\"a\",\"b..c\",\"vestibule.x\",\"d\"],\"data\":[1]}");

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.body().getInteger("published")).isEqualTo(2);
    JsonArray failed = reply.body().getJsonArray("failed");
    assertThat(failed.getJsonObject(0).getString("topic")).isEqualTo("b..c");
    assertThat(failed.getJsonObject(0).getJsonObject("error").getString("reason")).isEqualTo("invalid_topic");
    assertThat(failed.getJsonObject(1).getJsonObject("error").getInteger("code")).isEqualTo(403);
    eventually(() -> server.published.size() == 2);
    assertThat(server.published).extracting(message -> message.topic()).containsExactly("a", "d");
  }

  @Test
  void aThousandTopicsAndNoMore() {
    JsonArray topics = new JsonArray();
    IntStream.range(0, 1000).forEach(i -> topics.add("t." + i));
    assertThat(server.api("broadcast", new JsonObject().put("topics", topics).put("data", 1)).body().getInteger("published")).isEqualTo(1000);
    eventually(() -> server.published.size() == 1000);
    Reply reply = server.api("broadcast", new JsonObject().put("topics", topics.add("one-more")).put("data", 1));
    assertThat(reply.reason()).isEqualTo("invalid_value");
    assertThat(reply.body().getJsonObject("details").getInteger("limit")).isEqualTo(1000);
  }

  @Test
  void connectionsAreClosedSubscribedAndUnsubscribed() {
    JsonObject expected = new JsonObject().put("connections", 2).put("nodes", 1).put("unreachable", new JsonArray());

    assertThat(server.api("disconnect", "{\"userId\":\"a.b\",\"message\":\"bye\"}").body()).isEqualTo(expected);
    assertThat(server.api("subscribe", "{\"userId\":\"a.b\",\"topic\":\"x.**\"}").body()).isEqualTo(expected);
    assertThat(server.api("unsubscribe", "{\"connectionId\":\"c1\",\"topic\":\"x.**\"}").body()).isEqualTo(expected.copy().put("connections", 1));
    assertThat(server.commands).containsExactly(
        new GatewayCommand.Disconnect(new Target("a.b", null), "bye"),
        new GatewayCommand.Subscribe(new Target("a.b", null), "x.**"),
        new GatewayCommand.Unsubscribe(new Target(null, "c1"), "x.**"));
  }

  @Test
  void aNodeThatDoesNotAnswerIsNamed() {
    TestServer.Options options = new TestServer.Options();
    options.otherNodes = Set.of(new NodeRef("gone", "node-2", Set.of("gateway")), new NodeRef("other", "node-3", Set.of("presence")));
    try (TestServer partial = new TestServer(options)) {
      JsonObject body = partial.api("disconnect", "{\"userId\":\"a\"}").body();
      assertThat(body).isEqualTo(new JsonObject().put("connections", 2).put("nodes", 1).put("unreachable", new JsonArray().add("node-2")));
    }
  }

  @Test
  void aBatchRunsInOrderAndAFailureStopsNobody() {
    Reply reply = server.api("batch", """
        {"commands": [
          {"subscribe": {"userId": "a", "topic": "x"}},
          {"publish": {"topic": "x", "data": 1, "tipo": 2}},
          {"publish": {"topic": "x", "data": {"a": "b"}}},
          {"broadcast": {"topics": ["y", "z."], "data": 2}},
          {"batch": {"commands": []}},
          {"publish": {"topic": "x"}, "disconnect": {"userId": "a"}},
          7,
          {"publish": {"topic": "vestibule.x", "data": 1}},
          {"disconnect": {"userId": "a"}}
        ]}""");

    assertThat(reply.status()).isEqualTo(200);
    JsonArray results = reply.body().getJsonArray("results");
    assertThat(results).hasSize(9);
    assertThat(results.getJsonObject(0)).isEqualTo(
        new JsonObject().put("ok", true).put("connections", 2).put("nodes", 1).put("unreachable", new JsonArray()));
    assertError(results, 1, "unknown_field", "commands[1].publish.tipo");
    assertThat(results.getJsonObject(2)).isEqualTo(new JsonObject().put("ok", true).put("topic", "x"));
    assertThat(results.getJsonObject(3).getInteger("published")).isEqualTo(1);
    assertError(results, 4, "unknown_field", "commands[4].batch");
    assertError(results, 5, "invalid_value", "commands[5]");
    assertError(results, 6, "wrong_type", "commands[6]");
    assertError(results, 7, "forbidden_publish", null);
    assertThat(results.getJsonObject(8).getBoolean("ok")).isTrue();
    assertThat(server.commands).hasSize(2);
    eventually(() -> server.published.size() == 2);
  }

  private static void assertError(JsonArray results, int index, String reason, String field) {
    JsonObject error = results.getJsonObject(index).getJsonObject("error");
    assertThat(error.getString("reason")).isEqualTo(reason);
    assertThat(error.getJsonObject("details").getString("field")).isEqualTo(field);
    assertThat(error.getString("message")).isNotEmpty();
  }

  @Test
  void aBatchDoesOnlyWhatTheTokenNames() {
    Reply reply = call("batch", caps("{\"api\":[\"batch\",\"publish\"]}"),
        "{\"commands\":[{\"publish\":{\"topic\":\"x\",\"data\":1}},{\"disconnect\":{\"userId\":\"a\"}}]}");

    assertThat(reply.body().getJsonArray("results").getJsonObject(0).getBoolean("ok")).isTrue();
    assertError(reply.body().getJsonArray("results"), 1, "forbidden_call", null);
    assertThat(server.commands).isEmpty();
    assertThat(call("batch", caps("{\"api\":[\"publish\"]}"), "{}").reason()).isEqualTo("forbidden_call");
  }

  @Test
  void aLargeBatch() {
    JsonArray commands = new JsonArray(Collections.nCopies(250, new JsonObject().put("publish", new JsonObject().put("topic", "x").put("data", 1))));
    assertThat(server.api("batch", new JsonObject().put("commands", commands)).body().getJsonArray("results")).hasSize(250);
    eventually(() -> server.published.size() == 250);
  }
}
