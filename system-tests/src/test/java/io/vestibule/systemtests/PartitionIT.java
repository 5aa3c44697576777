package io.vestibule.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.systemtests.harness.Client;
import io.vestibule.systemtests.harness.Crowd;
import io.vestibule.systemtests.harness.Eventually;
import io.vestibule.systemtests.harness.Frame;
import io.vestibule.systemtests.harness.Guest;
import io.vestibule.systemtests.harness.Line;
import io.vestibule.systemtests.harness.Networks;
import io.vestibule.systemtests.harness.Nodes;
import io.vestibule.systemtests.harness.VestibuleProcess;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** One node of three is cut off from the two others, with people inside and in line on both sides, and comes back. */
class PartitionIT {
  private static final int CAPACITY = 12;
  private static final int GUESTS = 35;
  private static final int RATE = 500;
  private static final Duration ANSWER = Duration.ofSeconds(20);
  private static final Duration NOTICED = Duration.ofSeconds(40);
  private static final Duration CUT = Duration.ofSeconds(30);
  private static final Duration REUNION = Duration.ofSeconds(60);
  private static final Duration ALL = Duration.ofSeconds(90);
  private static final Duration SLACK = Duration.ofSeconds(1);

  @RegisterExtension @Order(1) final Networks networks = Networks.of("a", "b", "c");
  @RegisterExtension @Order(2) final Nodes nodes = new Nodes();

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void withTheCoordinatorTheMinorityAdmitsNobodyTheMajorityGoesOnAndNothingIsLost() throws Exception {
    isCutOff(true);
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void withoutTheCoordinatorTheMinorityAdmitsNobodyTheMajorityGoesOnAndNothingIsLost() throws Exception {
    isCutOff(false);
  }

  private void isCutOff(boolean coordinator) throws Exception {
    List<VestibuleProcess> cluster = nodes.startCluster(networks, "--set", "admission.capacity=" + CAPACITY, "--set", "cluster.expected-size=3",
        "--set", "admission.slot-grace=4m", "--set", "admission.away-time=4m", "--set", "admission.adaptive=false", "--set", "admission.ip-joins=0",
        "--set", "gateway.limits.connections-per-ip=0", "--set", "gateway.limits.auth-timeout=60s");
    VestibuleProcess leader = new Line(nodes, cluster).coordinator();
    VestibuleProcess cutOff = cluster.stream().filter(node -> (node == leader) == coordinator).findFirst().orElseThrow();
    List<VestibuleProcess> majority = cluster.stream().filter(node -> node != cutOff).toList();
    try (var crowd = new Crowd(nodes, cluster, Duration.ofMillis(500))) {
      new Scene(crowd, cutOff, majority).play();
    }
  }

  private final class Scene {
    private final Crowd crowd;
    private final VestibuleProcess cutOff;
    private final List<VestibuleProcess> majority;
    private final Line line;
    private Client inside;
    private Client waiter;
    private String insideToken;
    private String waiterToken;
    private String httpToken;
    private List<Guest> there = List.of();
    private List<Guest> elsewhere = List.of();

    private Scene(Crowd crowd, VestibuleProcess cutOff, List<VestibuleProcess> majority) {
      this.crowd = crowd;
      this.cutOff = cutOff;
      this.majority = majority;
      this.line = new Line(nodes, majority);
    }

    private void play() throws Exception {
      everybodyComes();
      long cutAt = System.nanoTime();
      networks.cut(cutOff.name());
      // Nobody knows yet; a coordinator there has two free slots in its memory.
      List<Guest> goers = there.stream().filter(Guest::isInside).limit(2).toList();
      goers.forEach(Guest::leave);
      long admittedThere = admitted(there);
      Eventually.within(NOTICED, "the node that is cut off knows it", () -> cutOff.role("admission").getBoolean("minority"));
      System.out.println("cut off: known after " + Duration.ofNanos(System.nanoTime() - cutAt).toMillis() + " ms");
      nodes.awaitOneCluster(majority, NOTICED);
      Eventually.within(NOTICED, "the majority has a coordinator", this::majorityLeads);
      System.out.println("cut off: the majority goes on after " + Duration.ofNanos(System.nanoTime() - cutAt).toMillis() + " ms");

      theMinorityRefuses();
      theMajorityAdmits();
      whoChangesSidesKeepsWhatItHad();
      Nodes.awaitMoment(cutAt, CUT);
      assertThat(admitted(there)).as("admitted by the minority").isEqualTo(admittedThere);

      networks.heal(cutOff.name());
      List<VestibuleProcess> all = new ArrayList<>(majority);
      all.add(cutOff);
      System.out.println("healed: one cluster after " + nodes.awaitOneCluster(all, REUNION).toMillis() + " ms");
      everybodyHasWhatIsHis(goers.size());
      everybodyGetsIn();
    }

    private void everybodyComes() throws Exception {
      inside = nodes.open(cutOff, "inside");
      insideToken = inside.request(auth("inside"), "auth_success").json().getString("resumeToken");
      crowd.come(GUESTS, ANSWER);
      assertThat(crowd.admissions()).isEqualTo(CAPACITY - 1);
      there = crowd.at(cutOff);
      elsewhere = crowd.guests().stream().filter(guest -> !there.contains(guest)).toList();
      waiter = nodes.open(cutOff, "waiter");
      waiterToken = waiter.request(auth("waiter"), "queued").json().getString("resumeToken");
      HttpResponse<String> joined = cutOff.call("/api/admission/join", nodes.token("walker"), new JsonObject());
      assertThat(joined.statusCode()).as(joined.body()).isEqualTo(202);
      httpToken = new JsonObject(joined.body()).getString("resumeToken");
      crowd.gone(cutOff);
    }

    private JsonObject auth(String user) {
      return new JsonObject().put("type", "auth").put("token", nodes.token(user));
    }

    private void theMinorityRefuses() throws Exception {
      for (HttpResponse<String> refused : List.of(cutOff.call("/api/admission/join", nodes.token("late"), new JsonObject()),
          cutOff.call("/api/admission/status", httpToken, null))) {
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
        assertThat(refused.body()).contains("\"minority\"");
        assertThat(refused.headers().firstValue("Retry-After")).isPresent();
      }
      Client late = nodes.open(cutOff, "late");
      Frame refusal = late.request(auth("late"), "auth_error");
      assertThat(refusal.json().getString("reason")).isEqualTo("minority");
      assertThat(cutOff.isReady()).isFalse();
    }

    /** Three leave and the next three come in, in their order; and an operator changes something. */
    private void theMajorityAdmits() throws Exception {
      long before = admitted(elsewhere);
      elsewhere.stream().filter(Guest::isInside).limit(3).forEach(Guest::leave);
      Eventually.within(ANSWER, "three more are in", () -> admitted(elsewhere) == before + 3);
      crowd.assertInOrder(elsewhere, SLACK);
      HttpResponse<String> ordered = majority.get(0).call("/api/admin/capacity", nodes.operatorToken(), new JsonObject().put("queue", "default").put("admissionsPerSecond", RATE));
      assertThat(ordered.statusCode()).as(ordered.body()).isEqualTo(200);
    }

    private void whoChangesSidesKeepsWhatItHad() throws Exception {
      Client back = nodes.open(majority.get(0), "inside-again");
      back.request(new JsonObject().put("type", "reconnect_attempt").put("token", insideToken), "reconnect_success");
      inside.close();
      inside = back;
      Client again = nodes.open(majority.get(1), "waiter-again");
      Frame queued = again.request(new JsonObject().put("type", "reconnect_attempt").put("token", waiterToken), "queued");
      // Those who wait on the other side are away, and it stands behind all that are not.
      assertThat(queued.json().getLong("position")).isEqualTo(elsewhere.stream().filter(Guest::isWaiting).count() + 1);
      waiter.close();
      waiter = again;
    }

    private void everybodyHasWhatIsHis(int gone) throws Exception {
      Eventually.within(ANSWER, "there is one coordinator", () -> coordinators().size() == 1);
      Eventually.within(ALL, () -> "all " + waiting() + " wait and hold their slots: " + status(), () -> {
        // What those said who went on the other side may be heard at any moment now, and the next two come in.
        long waiting = waiting();
        JsonObject queue = line.status();
        JsonObject slots = queue.getJsonObject("slots");
        assertThat(slots.getInteger("connected") + slots.getInteger("grace") + slots.getInteger("admitted")).as("slots").isLessThanOrEqualTo(CAPACITY);
        return slots.getInteger("connected") >= CAPACITY - gone && queue.getInteger("waiting") + queue.getInteger("away") == waiting
            && slots.getInteger("connected") + slots.getInteger("grace") == CAPACITY;
      });
      crowd.assertNobodyWasTurnedAway();
      assertThat(line.status().getInteger("inflowLimit")).as("what was ordered meanwhile").isEqualTo(RATE);
      HttpResponse<String> status = cutOff.call("/api/admission/status", httpToken, null);
      assertThat(status.statusCode()).as(status.body()).isEqualTo(202);
    }

    private long waiting() {
      return crowd.guests().stream().filter(Guest::isWaiting).count() + 2;
    }

    private void everybodyGetsIn() throws Exception {
      crowd.letGo();
      crowd.awaitAdmissions(GUESTS, ALL);
      waiter.await("its turn", frame -> frame.type().equals("auth_success") || frame.type().equals("reconnect_success"), ALL);
      crowd.assertNobodyWasTurnedAway();
      // One more holds a slot all the time and is not of the crowd.
      crowd.assertNeverMoreThan(CAPACITY - 1);
      crowd.assertInOrder(elsewhere, SLACK);
      crowd.assertInOrder(there, SLACK);
      System.out.println("a door was held up for " + crowd.heldUp().toMillis() + " ms at the longest");
    }

    private long admitted(List<Guest> guests) {
      return guests.stream().filter(guest -> !guest.isWaiting()).count();
    }

    private String status() {
      try {
        return line.status().encode();
      } catch (Exception unknown) {
        return unknown.toString();
      }
    }

    private boolean majorityLeads() throws Exception {
      List<String> leaders = coordinators();
      return leaders.size() == 1 && majority.stream().anyMatch(node -> node.name().equals(leaders.get(0)));
    }

    /** Who says that it leads the queue, as an operator hears it at the majority. */
    private List<String> coordinators() throws Exception {
      JsonArray queues = new JsonObject(majority.get(0).call("/api/admin/queues", nodes.operatorToken(), null).body()).getJsonArray("queues");
      return queues.stream().map(queue -> ((JsonObject) queue).getString("coordinator")).toList();
    }
  }
}
