package io.vestibule.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.systemtests.harness.Client;
import io.vestibule.systemtests.harness.Eventually;
import io.vestibule.systemtests.harness.Frame;
import io.vestibule.systemtests.harness.Nodes;
import io.vestibule.systemtests.harness.Redis;
import io.vestibule.systemtests.harness.VestibuleProcess;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Members of conversations on several nodes: what one node is told holds on all of them, and outlives it. */
class MembersIT {
  private static final String ROOM = "conversation.room";
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @RegisterExtension final Redis redis = Redis.keeping();
  @RegisterExtension final Nodes nodes = new Nodes();

  private static HttpResponse<String> call(VestibuleProcess node, String call, String topic, String... users) throws IOException, InterruptedException {
    return node.post("/api/members/" + call, Nodes.API_KEY, new JsonObject().put("topic", topic).put("users", new JsonArray(List.of(users))));
  }

  private static void done(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  private static Set<String> members(VestibuleProcess node, String topic) throws IOException, InterruptedException {
    HttpResponse<String> answer = node.post("/api/members/get", Nodes.API_KEY, new JsonObject().put("topic", topic));
    done(answer);
    return new JsonObject(answer.body()).getJsonArray("members").stream().map(member -> ((JsonObject) member).getString("userId")).collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> topics(VestibuleProcess node, String user) throws IOException, InterruptedException {
    HttpResponse<String> answer = node.post("/api/members/get", Nodes.API_KEY, new JsonObject().put("userId", user));
    done(answer);
    return new JsonObject(answer.body()).getJsonArray("topics").stream().map(one -> ((JsonObject) one).getString("topic")).collect(Collectors.toCollection(TreeSet::new));
  }

  private static Frame subscribe(Client client) throws InterruptedException {
    return client.request(new JsonObject().put("type", "subscribe").put("topic", ROOM));
  }

  private static boolean isIn(Client client) {
    try {
      return subscribe(client).type().equals("subscribed");
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
  }

  @Test
  void whatOneNodeIsToldHoldsOnAllAndOutlivesIt() throws Exception {
    List<VestibuleProcess> all = nodes.startCluster(3);
    VestibuleProcess a = all.get(0);
    VestibuleProcess b = all.get(1);
    VestibuleProcess c = all.get(2);
    for (int i = 0; i < 100; i++) {
      done(call(all.get(i % 3), "add", "conversation.t" + i, "ann", "bob"));
      done(call(all.get((i + 1) % 3), "remove", "conversation.t" + i, "bob"));
    }
    done(call(a, "add", ROOM, "ann", "bob"));
    Client ann = nodes.connect(b, "ann");
    Client bob = nodes.connect(c, "bob");
    Client stranger = nodes.connect(c, "eve");
    assertThat(subscribe(ann).type()).isEqualTo("subscribed");
    assertThat(subscribe(bob).type()).isEqualTo("subscribed");
    assertThat(subscribe(stranger).json().getString("reason")).isEqualTo("forbidden_subscribe");
    ann.publish(ROOM, new JsonObject().put("text", "hello"));
    bob.await("it came", frame -> "message".equals(frame.type()));
    bob.send(new JsonObject().put("type", "ack").put("topic", ROOM).put("offset", 1).put("read", true));
    ann.await("it was read", frame -> "receipt".equals(frame.type()) && frame.json().getJsonArray("receipts").encode().contains("\"read\""));

    done(call(a, "remove", ROOM, "bob"));
    bob.await("it has ended", frame -> "unsubscribed".equals(frame.type()));
    assertThat(subscribe(bob).json().getString("reason")).isEqualTo("forbidden_subscribe");
    done(call(a, "add", ROOM, "bob"));
    Eventually.within(LIMIT, "c has heard of it", () -> isIn(bob));

    a.signal("KILL");
    Eventually.within(LIMIT, "a is gone", () -> b.members().equals(Set.of("b", "c")) && c.members().equals(Set.of("b", "c")));
    assertThat(members(b, ROOM)).containsExactly("ann", "bob");
    assertThat(topics(c, "ann")).as("what each node was told").hasSize(101);
    assertThat(topics(c, "bob")).containsExactly(ROOM);
    assertThat(isIn(nodes.connect(b, "bob"))).isTrue();
  }

  /** As long as Redis is gone nobody becomes a member; who was one still is when it is back. */
  @Test
  void redisGoesAndComes() throws Exception {
    redis.start();
    List<VestibuleProcess> all = nodes.startCluster(2, "--set", "store.type=redis", "--set", "store.redis.url=" + redis.url());
    done(call(all.get(0), "add", ROOM, "ann", "bob"));
    done(call(all.get(1), "remove", ROOM, "bob"));
    Client ann = nodes.connect(all.get(1), "ann");
    assertThat(subscribe(ann).type()).isEqualTo("subscribed");
    redis.kill();
    Eventually.within(LIMIT, "it is noticed", () -> status(all.get(0)) == 503);
    Client late = nodes.connect(all.get(0), "ann");
    assertThat(subscribe(late).json().getString("reason")).isEqualTo("store_unavailable");
    redis.start();
    Eventually.within(LIMIT, "it is back", () -> status(all.get(0)) == 200 && status(all.get(1)) == 200);
    assertThat(members(all.get(0), ROOM)).containsExactly("ann", "cid");
    Eventually.within(LIMIT, "his topic can be read again", () -> isIn(late));
    assertThat(topics(all.get(1), "bob")).isEmpty();
  }

  private static int status(VestibuleProcess node) {
    try {
      return call(node, "add", ROOM, "cid").statusCode();
    } catch (IOException | InterruptedException failed) {
      throw new AssertionError(failed);
    }
  }
}
