package io.vestibule.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.gateway.http.TestServer.Reply;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MembersApiIT {
  private static final String TOPIC = "conversation.a";

  @AutoClose
  private final TestServer server = new TestServer(new TestServer.Options());

  private Reply change(String call, String topic, String... users) {
    return server.api("members/" + call, new JsonObject().put("topic", topic).put("users", new JsonArray(List.of(users))));
  }

  private Reply get(String path) {
    return server.send(HttpMethod.GET, "/api/members" + path, Map.of("X-API-Key", TestServer.API_KEY), null);
  }

  private static List<String> names(JsonArray list, String name) {
    return list.stream().map(one -> ((JsonObject) one).getString(name)).toList();
  }

  @Test
  void membersComeAndGo() {
    assertThat(change("add", TOPIC, "bob", "ann", "bob").body()).isEqualTo(new JsonObject().put("topic", TOPIC).put("members", 2));
    assertThat(change("add", TOPIC, "ann").body().getInteger("members")).as("asking again changes nothing").isEqualTo(2);
    change("add", "conversation.b", "ann");
    JsonObject page = get("/" + TOPIC).body();
    assertThat(names(page.getJsonArray("members"), "userId")).containsExactly("ann", "bob");
    assertThat(page.getJsonArray("members").getJsonObject(0).getInstant("since")).isNotNull();
    JsonObject user = get("?user=ann").body();
    assertThat(user.getString("userId")).isEqualTo("ann");
    assertThat(names(user.getJsonArray("topics"), "topic")).containsExactly(TOPIC, "conversation.b");
    assertThat(change("remove", TOPIC, "ann", "nobody").body()).isEqualTo(new JsonObject().put("topic", TOPIC).put("members", 1));
    assertThat(names(get("?user=ann").body().getJsonArray("topics"), "topic")).containsExactly("conversation.b");
    assertThat(names(get("/" + TOPIC).body().getJsonArray("members"), "userId")).containsExactly("bob");
    assertThat(get("/conversation.empty").body().getJsonArray("members")).isEmpty();
    assertThat(get("?user=nobody").body().getJsonArray("topics")).isEmpty();
  }

  @Test
  void allNodesAreTold() {
    change("add", TOPIC, "ann", "bob");
    change("remove", TOPIC, "bob");
    assertThat(server.told).hasSize(2);
    assertThat(server.told.get(0).said()).extracting("userId", "member").containsExactly(org.assertj.core.groups.Tuple.tuple("ann", true), org.assertj.core.groups.Tuple.tuple("bob", true));
    assertThat(server.told.get(1).said()).extracting("userId", "member").containsExactly(org.assertj.core.groups.Tuple.tuple("bob", false));
    assertThat(server.told.get(1).said().get(0).atMs()).isGreaterThan(server.told.get(0).said().get(1).atMs());
  }

  /** What was sent before somebody became a member is not owed to him. */
  @Test
  void aMemberBeginsWhereTheLogEnds() {
    server.api("publish", new JsonObject().put("topic", TOPIC).put("data", 1));
    change("add", TOPIC, "ann");
    assertThat(server.told.get(0).said().get(0).offset()).isEqualTo(1);
    assertThat(server.told.get(0).said().get(0).epoch()).isPositive();
    change("add", "conversation.empty", "ann");
    assertThat(server.told.get(1).said().get(0).epoch()).as("the place of a log that does not exist").isNegative();
  }

  @Test
  void theBusAndABatchDoTheSame() {
    JsonObject add = new JsonObject().put("topic", TOPIC).put("users", new JsonArray().add("ann"));
    JsonObject batch = new JsonObject().put("commands", new JsonArray().add(new JsonObject().put("members.add", add)).add(new JsonObject().put("members.get", new JsonObject().put("topic", TOPIC)))
        .add(new JsonObject().put("members.get", new JsonObject().put("userId", "ann"))).add(new JsonObject().put("members.remove", add)));
    JsonArray results = server.api("batch", batch).body().getJsonArray("results");
    assertThat(results.stream().map(one -> ((JsonObject) one).getBoolean("ok"))).containsOnly(true);
    assertThat(results.getJsonObject(1).getJsonArray("members")).hasSize(1);
    assertThat(results.getJsonObject(2).getJsonArray("topics")).hasSize(1);
    assertThat(results.getJsonObject(3).getInteger("members")).isZero();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "add    | {\"topic\":\"conversation.a\"}                                  | missing_field",
      "add    | {\"users\":[\"a\"]}                                             | missing_field",
      "add    | {\"topic\":\"conversation.a\",\"users\":[]}                     | invalid_value",
      "add    | {\"topic\":\"conversation.a\",\"users\":\"a\"}                  | wrong_type",
      "add    | {\"topic\":\"conversation.a\",\"users\":[1]}                    | wrong_type",
      "add    | {\"topic\":\"conversation.a\",\"users\":[\"\"]}                 | invalid_value",
      "add    | {\"topic\":\"conversation.a\",\"users\":[\"a\\ud800\"]}         | invalid_value",
      "add    | {\"topic\":\"conversation.a\",\"users\":[\"a\"],\"since\":1}    | unknown_field",
      "remove | {\"topic\":\"conversation.*\",\"users\":[\"a\"]}                | wildcard_in_publish",
      "remove | {\"topic\":\"con versation\",\"users\":[\"a\"]}                 | invalid_topic",
      "add    | {\"topic\":\"durable.a\",\"users\":[\"a\"]}                     | no_members",
      "get    | {\"topic\":\"user.a\"}                                          | no_members",
      "get    | {}                                                              | missing_field",
      "get    | {\"topic\":\"conversation.a\",\"userId\":\"a\"}                 | invalid_value"})
  void whatMeansNothingIsRefused(String call, String body, String reason) {
    Reply refused = server.api("members/" + call, body);
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.reason()).isEqualTo(reason);
  }

  @Test
  void questionsThatMeanNothing() {
    assertThat(get("").reason()).isEqualTo("missing_field");
    assertThat(get("?user=").reason()).isEqualTo("invalid_value");
    assertThat(get("?user=a&user=b").reason()).isEqualTo("duplicate_key");
    assertThat(get("?users=a").reason()).isEqualTo("unknown_field");
    assertThat(get("/conversation.a?limit=3").reason()).isEqualTo("unknown_field");
    assertThat(get("/durable.a").reason()).isEqualTo("no_members");
  }

  @Test
  void aTopicAndAUserHaveTheirBounds() {
    change("add", TOPIC, IntStream.range(0, 999).mapToObj(i -> "u" + i).toArray(String[]::new));
    Reply full = change("add", TOPIC, "v", "w");
    assertThat(full.status()).isEqualTo(429);
    assertThat(full.reason()).isEqualTo("too_many_members");
    assertThat(full.body().getJsonObject("details").getInteger("limit")).isEqualTo(1_000);
    assertThat(change("add", TOPIC, "v").status()).isEqualTo(200);
    assertThat(server.api("members/add", new JsonObject().put("topic", TOPIC).put("users", new JsonArray(IntStream.range(0, 1_001).mapToObj(i -> "u" + i).toList()))).reason()).isEqualTo("invalid_value");
    JsonArray commands = new JsonArray(IntStream.range(0, 1_000)
        .mapToObj(i -> new JsonObject().put("members.add", new JsonObject().put("topic", "conversation.t" + i).put("users", new JsonArray().add("busy")))).toList());
    server.api("batch", new JsonObject().put("commands", new JsonArray(commands.getList().subList(0, 100))));
    for (int from = 100; from < 1_000; from += 100) {
      server.api("batch", new JsonObject().put("commands", new JsonArray(commands.getList().subList(from, from + 100))));
    }
    Reply tooMany = change("add", "conversation.more", "busy");
    assertThat(tooMany.status()).isEqualTo(429);
    assertThat(tooMany.reason()).isEqualTo("too_many_memberships");
    assertThat(tooMany.body().getJsonObject("details").getString("userId")).isEqualTo("busy");
    change("remove", "conversation.t7", "busy");
    assertThat(change("add", "conversation.more", "busy").status()).isEqualTo(200);
  }

  @Test
  void aStoreThatIsLostIsSaidToBe() {
    server.members.down.set(true);
    for (Reply reply : List.of(change("add", TOPIC, "a"), change("remove", TOPIC, "a"), get("/" + TOPIC), get("?user=a"))) {
      assertThat(reply.status()).isEqualTo(503);
      assertThat(reply.reason()).isEqualTo("store_unavailable");
      assertThat(reply.headers().get("Retry-After")).isNotNull();
    }
  }

  @Test
  void aTokenDoesWhatItLeaves() {
    change("add", TOPIC, "ann");
    change("add", "conversation.b", "ann");
    assertThat(server.send(HttpMethod.GET, "/api/members/" + TOPIC, Map.of(), null).status()).isEqualTo(401);
    assertThat(server.send(HttpMethod.GET, "/api/members/" + TOPIC, bearer("{\"api\":[\"members.add\"]}"), null).reason()).isEqualTo("forbidden_call");
    Map<String, String> narrow = bearer("{\"api\":[\"members.get\"],\"subscribe\":[\"conversation.b\"]}");
    assertThat(server.send(HttpMethod.GET, "/api/members/" + TOPIC, narrow, null).reason()).isEqualTo("forbidden_subscribe");
    assertThat(names(new JsonObject(server.send(HttpMethod.GET, "/api/members?user=ann", narrow, null).raw()).getJsonArray("topics"), "topic")).containsExactly("conversation.b");
  }

  private Map<String, String> bearer(String caps) {
    return Map.of("Authorization", "Bearer " + server.token("ada", new JsonObject("{\"caps\":" + caps + "}")));
  }
}
