package io.vestibule.systemtests.harness;

import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;

/** The queue {@code default} of a cluster, as operators see it. */
public final class Line {
  private static final String QUEUE = "default";
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Nodes nodes;
  private final List<VestibuleProcess> cluster;

  public Line(Nodes nodes, List<VestibuleProcess> cluster) {
    this.nodes = nodes;
    this.cluster = List.copyOf(cluster);
  }

  /** The node that leads it, waited for. */
  public VestibuleProcess coordinator() {
    VestibuleProcess[] leader = new VestibuleProcess[1];
    Eventually.within(LIMIT, "somebody leads the queue", () -> {
      String name = status().getString("coordinator");
      leader[0] = cluster.stream().filter(node -> node.name().equals(name)).findFirst().orElse(null);
      return leader[0] != null;
    });
    return leader[0];
  }

  /** Whether so many are connected and so many wait. */
  public boolean is(int connected, int waiting) throws Exception {
    JsonObject status = status();
    return status.getJsonObject("slots").getInteger("connected") == connected && status.getInteger("waiting") == waiting;
  }

  /**
   * What the coordinator says of it, asked at any node that runs.
   *
   * @throws java.util.NoSuchElementException if nobody leads it
   */
  public JsonObject status() throws Exception {
    VestibuleProcess asked = cluster.stream().filter(VestibuleProcess::isAlive).findFirst().orElseThrow();
    HttpResponse<String> answer = asked.call("/api/admin/queues", nodes.operatorToken(), null);
    return new JsonObject(answer.body()).getJsonArray("queues").stream().map(JsonObject.class::cast)
        .filter(queue -> QUEUE.equals(queue.getString("queue")) && queue.getString("coordinator") != null).findFirst().orElseThrow();
  }
}
