package io.vestibule.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import io.vestibule.systemtests.harness.Client;
import io.vestibule.systemtests.harness.Eventually;
import io.vestibule.systemtests.harness.Frame;
import io.vestibule.systemtests.harness.MembersApi;
import io.vestibule.systemtests.harness.Nodes;
import io.vestibule.systemtests.harness.Redis;
import io.vestibule.systemtests.harness.VestibuleProcess;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Members of conversations on several nodes: what one node is told holds on all of them, and outlives it. */
class MembersIT {
  private static final String ROOM = "conversation.room";
  private static final String UNAVAILABLE = "store_unavailable";
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @RegisterExtension final Redis redis = Redis.keeping();
  @RegisterExtension final Nodes nodes = new Nodes();

  /** What is answered; who is a member may not be read in time on a node where he is new, and then it is asked again. */
  private static Frame subscribe(Client client) {
    Frame[] answer = new Frame[1];
    Eventually.within(LIMIT, client.name() + " has an answer", () -> {
      answer[0] = trySubscribe(client);
      return !UNAVAILABLE.equals(answer[0].json().getString("reason"));
    });
    return answer[0];
  }

  private static Frame trySubscribe(Client client) throws InterruptedException {
    return client.request(new JsonObject().put("type", "subscribe").put("topic", ROOM));
  }

  private static boolean isIn(Client client) {
    return subscribe(client).type().equals("subscribed");
  }

  @Test
  void whatOneNodeIsToldHoldsOnAllAndOutlivesIt() throws Exception {
    List<VestibuleProcess> all = nodes.startCluster(3);
    VestibuleProcess a = all.get(0);
    VestibuleProcess b = all.get(1);
    VestibuleProcess c = all.get(2);
    for (int i = 0; i < 100; i++) {
      MembersApi.add(all.get(i % 3), "conversation.t" + i, "ann", "bob");
      MembersApi.remove(all.get((i + 1) % 3), "conversation.t" + i, "bob");
    }
    MembersApi.add(a, ROOM, "ann", "bob");
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

    MembersApi.remove(a, ROOM, "bob");
    bob.await("it has ended", frame -> "unsubscribed".equals(frame.type()));
    assertThat(subscribe(bob).json().getString("reason")).isEqualTo("forbidden_subscribe");
    MembersApi.add(a, ROOM, "bob");
    Eventually.within(LIMIT, "c has heard of it", () -> isIn(bob));

    a.signal("KILL");
    Eventually.within(LIMIT, "a is gone", () -> b.members().equals(Set.of("b", "c")) && c.members().equals(Set.of("b", "c")));
    assertThat(MembersApi.members(b, ROOM)).containsExactly("ann", "bob");
    assertThat(MembersApi.topics(c, "ann")).as("what each node was told").hasSize(101);
    assertThat(MembersApi.topics(c, "bob")).containsExactly(ROOM);
    assertThat(isIn(nodes.connect(b, "bob"))).isTrue();
  }

  /** As long as Redis is gone nobody becomes a member; who was one still is when it is back. */
  @Test
  void redisGoesAndComes() throws Exception {
    redis.start();
    List<VestibuleProcess> all = nodes.startCluster(2, "--set", "store.type=redis", "--set", "store.redis.url=" + redis.url());
    MembersApi.add(all.get(0), ROOM, "ann", "bob");
    MembersApi.remove(all.get(1), ROOM, "bob");
    Client ann = nodes.connect(all.get(1), "ann");
    assertThat(subscribe(ann).type()).isEqualTo("subscribed");
    redis.kill();
    Eventually.within(LIMIT, "it is noticed", () -> MembersApi.tryToAdd(all.get(0), ROOM, "cid") == 503);
    Client late = nodes.connect(all.get(0), "ann");
    assertThat(trySubscribe(late).json().getString("reason")).isEqualTo(UNAVAILABLE);
    redis.start();
    Eventually.within(LIMIT, "it is back", () -> MembersApi.tryToAdd(all.get(0), ROOM, "cid") == 200 && MembersApi.tryToAdd(all.get(1), ROOM, "cid") == 200);
    assertThat(MembersApi.members(all.get(0), ROOM)).containsExactly("ann", "cid");
    Eventually.within(LIMIT, "his topic can be read again", () -> isIn(late));
    assertThat(MembersApi.topics(all.get(1), "bob")).isEmpty();
  }
}
