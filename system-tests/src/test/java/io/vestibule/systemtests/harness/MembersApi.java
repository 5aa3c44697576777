package io.vestibule.systemtests.harness;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Members of conversations, as an application's server changes them and asks for them. Where a store does not answer in time (503) it may have been done all the same: then it is called again. */
public final class MembersApi {
  private static final int UNAVAILABLE = 503;
  private static final Duration LIMIT = Duration.ofSeconds(90);

  private MembersApi() {}

  /** Makes users members of a topic. */
  public static void add(VestibuleProcess node, String topic, String... users) {
    answer(node, "add", change(topic, users));
  }

  /** Makes them members no more. */
  public static void remove(VestibuleProcess node, String topic, String... users) {
    answer(node, "remove", change(topic, users));
  }

  /** Who is a member of a topic. */
  public static Set<String> members(VestibuleProcess node, String topic) {
    return listed(answer(node, "get", new JsonObject().put("topic", topic)).getJsonArray("members"), "userId");
  }

  /** Of which topics a user is a member. */
  public static Set<String> topics(VestibuleProcess node, String user) {
    return listed(answer(node, "get", new JsonObject().put("userId", user)).getJsonArray("topics"), "topic");
  }

  /** What is answered when users are to be members of a topic, asked once. */
  public static int tryToAdd(VestibuleProcess node, String topic, String... users) throws IOException, InterruptedException {
    return call(node, "add", change(topic, users)).statusCode();
  }

  private static JsonObject change(String topic, String... users) {
    return new JsonObject().put("topic", topic).put("users", new JsonArray(List.of(users)));
  }

  private static Set<String> listed(JsonArray list, String name) {
    return list.stream().map(one -> ((JsonObject) one).getString(name)).collect(Collectors.toCollection(TreeSet::new));
  }

  private static JsonObject answer(VestibuleProcess node, String call, JsonObject body) {
    JsonObject[] done = new JsonObject[1];
    Eventually.within(LIMIT, () -> call + " " + body.encode() + " is answered by " + node.name(), () -> {
      HttpResponse<String> answer = call(node, call, body);
      if (answer.statusCode() == UNAVAILABLE) {
        return false;
      }
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      done[0] = new JsonObject(answer.body());
      return true;
    });
    return done[0];
  }

  private static HttpResponse<String> call(VestibuleProcess node, String call, JsonObject body) throws IOException, InterruptedException {
    return node.post("/api/members/" + call, Nodes.API_KEY, body);
  }
}
