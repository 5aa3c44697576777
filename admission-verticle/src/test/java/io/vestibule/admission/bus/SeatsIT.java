package io.vestibule.admission.bus;

import static io.vestibule.cluster.TestCluster.await;
import static io.vestibule.cluster.TestCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vestibule.admission.AdmissionConfig.TooMany;
import io.vestibule.admission.TestAdmission;
import io.vestibule.admission.bus.Coordinators.Coordinator;
import io.vestibule.admission.bus.Coordinators.Gateway;
import io.vestibule.contract.admission.AdmissionAnswer.Admitted;
import io.vestibule.contract.admission.AdmissionAnswer.NotLeader;
import io.vestibule.contract.admission.AdmissionAnswer.Refused;
import io.vestibule.contract.admission.AdmissionAnswer;
import io.vestibule.contract.admission.AdmissionCommand.Detach;
import io.vestibule.contract.admission.AdmissionCommand.Holder;
import io.vestibule.contract.admission.AdmissionCommand.Join;
import io.vestibule.contract.admission.AdmissionCommand.Leave;
import io.vestibule.contract.admission.AdmissionCommand.Resume;
import io.vestibule.contract.admission.AdmissionNotice.End;
import io.vestibule.contract.admission.AdmissionNotice.Ended;
import io.vestibule.contract.admission.SocketReport.Socket;
import io.vestibule.contract.error.ErrorReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Three connections of a user are three, in however many queues, with a coordinator of each on a node of its own. */
class SeatsIT {
  private static final List<String> QUEUES = IntStream.range(0, 12).mapToObj(i -> "q" + i).toList();

  private final AtomicInteger calls = new AtomicInteger();

  /** A cluster, and two queues that different nodes lead. */
  private record Scene(List<Coordinator> coordinators, Gateway gateway, String one, String other) {
    static Scene of(Coordinators cluster) {
      List<Coordinator> coordinators = new ArrayList<>(List.of(cluster.coordinator("a"), cluster.coordinator("b")));
      Gateway gateway = cluster.gateway("g");
      knows(gateway, 3);
      // Who leads is as good as drawn by lot, and now and then all fall to the same.
      for (int i = 0; i < 2 && ledByAnother(gateway).isEmpty(); i++) {
        coordinators.add(cluster.coordinator("c" + i));
        knows(gateway, 4 + i);
      }
      return new Scene(coordinators, gateway, QUEUES.get(0), ledByAnother(gateway).orElseThrow());
    }

    private static void knows(Gateway gateway, int nodes) {
      eventually(() -> gateway.node.membership().view().nodes().size() == nodes);
    }

    /** A queue that another node leads than the first queue. */
    private static Optional<String> ledByAnother(Gateway gateway) {
      return QUEUES.stream().filter(queue -> !gateway.leader(queue).equals(gateway.leader(QUEUES.get(0)))).findFirst();
    }

    Holder socket(int call) {
      return new Holder(gateway.node.membership().self().id(), "c" + call);
    }
  }

  private Join join(Scene scene, String queue, String user) {
    int call = calls.incrementAndGet();
    return new Join(queue, user, "try-" + call, scene.socket(call), null, -1, "web", null);
  }

  private static ErrorReason reason(AdmissionAnswer answer) {
    return answer instanceof Refused refused ? refused.reason() : null;
  }

  @Test
  void oneMoreThanPermittedIsRefusedInAnyQueueUnlessSomebodyHasLeft() {
    try (Coordinators cluster = new Coordinators(1, TestAdmission.config(0, QUEUES, TooMany.REJECT))) {
      Scene scene = Scene.of(cluster);
      Gateway gateway = scene.gateway();
      Join first = join(scene, scene.one(), "ann");
      Admitted dropped = (Admitted) gateway.ask(first);
      assertThat(gateway.ask(join(scene, scene.one(), "ann"))).isInstanceOf(Admitted.class);
      Admitted third = (Admitted) gateway.ask(join(scene, scene.other(), "ann"));
      assertThat(reason(gateway.ask(join(scene, scene.other(), "ann")))).isEqualTo(ErrorReason.TOO_MANY_USER_CONNECTIONS);
      assertThat(reason(gateway.ask(join(scene, scene.one(), "ann")))).isEqualTo(ErrorReason.TOO_MANY_USER_CONNECTIONS);
      assertThat(gateway.ask(join(scene, scene.one(), "bob"))).as("somebody else").isInstanceOf(Admitted.class);

      gateway.ask(new Detach(scene.one(), dropped.claim().session(), first.holder()));
      assertThat(gateway.ask(join(scene, scene.other(), "ann"))).as("in place of the one that dropped, in the other queue").isInstanceOf(Admitted.class);
      assertThat(reason(gateway.ask(new Resume(scene.one(), "back", dropped.claim(), scene.socket(1_000))))).isEqualTo(ErrorReason.RESUME_EXPIRED);
      assertThat(gateway.ask(new Leave(scene.other(), third.claim().session()))).isInstanceOf(AdmissionAnswer.Done.class);
      assertThat(gateway.ask(join(scene, scene.one(), "ann"))).as("in place of the one that left").isInstanceOf(Admitted.class);
      assertThat(reason(gateway.ask(join(scene, scene.one(), "ann")))).isEqualTo(ErrorReason.TOO_MANY_USER_CONNECTIONS);
    }
  }

  @Test
  void oneMoreTakesTheRoomOfTheOldestInAnyQueue() {
    try (Coordinators cluster = new Coordinators(1, TestAdmission.config(0, QUEUES, TooMany.REPLACE_OLDEST))) {
      Scene scene = Scene.of(cluster);
      Gateway gateway = scene.gateway();
      List<Join> joins = List.of(join(scene, scene.one(), "ann"), join(scene, scene.other(), "ann"), join(scene, scene.one(), "ann"), join(scene, scene.other(), "ann"),
          join(scene, scene.other(), "ann"));
      for (int i = 0; i < joins.size(); i++) {
        assertThat(gateway.ask(joins.get(i))).isInstanceOf(Admitted.class);
        int tooMany = Math.max(0, i - 2);
        eventually(() -> replaced(gateway).size() == tooMany);
        // Who is older is told in milliseconds.
        long now = System.currentTimeMillis();
        eventually(() -> System.currentTimeMillis() > now + 50);
      }
      assertThat(replaced(gateway)).containsExactly(joins.get(0).holder().connection(), joins.get(1).holder().connection());
    }
  }

  @Test
  void aQueueThatNobodyIsConfiguredWithAnyMoreCountsNoMore() {
    try (Coordinators cluster = new Coordinators(1, TestAdmission.config(0, QUEUES, TooMany.REJECT))) {
      Coordinator before = cluster.coordinator("before");
      Gateway gateway = cluster.gateway("g");
      Scene scene = new Scene(List.of(before), gateway, QUEUES.get(0), QUEUES.get(1));
      for (int i = 0; i < 3; i++) {
        assertThat(gateway.ask(join(scene, scene.other(), "ann"))).isInstanceOf(Admitted.class);
      }
      assertThat(reason(gateway.ask(join(scene, scene.one(), "ann")))).isEqualTo(ErrorReason.TOO_MANY_USER_CONNECTIONS);

      cluster.coordinator("after", TestAdmission.config(0, QUEUES.stream().filter(queue -> !queue.equals(scene.other())).toList(), TooMany.REJECT));
      eventually(() -> await(before.node().isSafe(Duration.ofSeconds(5))));
      cluster.kill(before.node());
      for (int i = 0; i < 3; i++) {
        eventually(() -> gateway.ask(join(scene, scene.one(), "ann")) instanceof Admitted);
      }
      assertThat(reason(gateway.ask(join(scene, scene.one(), "ann")))).isEqualTo(ErrorReason.TOO_MANY_USER_CONNECTIONS);
    }
  }

  /** While many come at once there is nothing to replace for moments: what counts is on its way in or out. */
  @Test
  void whoMayReplaceTheOldestIsNeverToldThatThereAreTooMany() {
    try (Coordinators cluster = new Coordinators(1, TestAdmission.config(0, QUEUES, TooMany.REPLACE_OLDEST))) {
      Scene scene = Scene.of(cluster);
      QUEUES.forEach(queue -> eventually(() -> scene.gateway().ask(join(scene, queue, "first")) instanceof Admitted));
      List<Join> joins = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        for (int user = 0; user < 10; user++) {
          joins.add(join(scene, QUEUES.get(i % QUEUES.size()), "user" + user));
        }
      }
      List<AdmissionAnswer> answers = new ArrayList<>();
      askAtOnce(scene, joins, (join, answer) -> {
        answers.add(answer);
        return !(answer instanceof NotLeader);
      });
      assertThat(answers.stream().map(SeatsIT::reason)).doesNotContain(ErrorReason.TOO_MANY_USER_CONNECTIONS);
      assertThat(answers).hasAtLeastOneElementOfType(Admitted.class);
    }
  }

  /** Asks for all at once, and again for those whose answer did not settle it; an answer that took too long is none. */
  private static void askAtOnce(Scene scene, List<Join> joins, BiPredicate<Join, AdmissionAnswer> isSettled) {
    List<Join> open = new ArrayList<>(joins);
    eventually(() -> {
      List<Future<AdmissionAnswer>> answers = open.stream().map(join -> scene.gateway().askOnce(join).otherwise(new NotLeader())).toList();
      await(Future.join(answers));
      Iterator<Join> asked = open.iterator();
      for (Future<AdmissionAnswer> answer : answers) {
        if (isSettled.test(asked.next(), answer.result())) {
          asked.remove();
        }
      }
      return open.isEmpty();
    });
  }

  /** Whoever was replaced, in the order in which that was heard first: a notice may come again. */
  private static List<String> replaced(Gateway gateway) {
    return gateway.told.stream().filter(notice -> notice instanceof Ended ended && ended.end() == End.REPLACED).map(notice -> notice.connection()).distinct().toList();
  }

  /** People open as many as they can in both queues at once, and the coordinator of one queue dies: nobody ever has four, and when all have left everybody can have three again. */
  @Test
  void neverTooManyAndNothingLostWhenACoordinatorIsKilled() {
    try (Coordinators cluster = new Coordinators(1, TestAdmission.config(0, QUEUES, TooMany.REJECT))) {
      Scene scene = Scene.of(cluster);
      Gateway gateway = scene.gateway();
      List<String> users = IntStream.range(0, 15).mapToObj(i -> "user" + i).toList();
      Map<String, Map<Join, Admitted>> held = new ConcurrentHashMap<>();
      crowd(scene, users, held);
      assertThat(held.values()).allSatisfy(sessions -> assertThat(sessions).hasSize(3));

      eventually(() -> scene.coordinators().stream().allMatch(coordinator -> await(coordinator.node().isSafe(Duration.ofSeconds(5)))));
      String killed = gateway.leader(scene.one()).orElseThrow();
      cluster.kill(scene.coordinators().stream().filter(coordinator -> coordinator.id().equals(killed)).findFirst().orElseThrow().node());
      crowd(scene, users, held);
      assertThat(held.values()).allSatisfy(sessions -> assertThat(sessions).hasSize(3));

      held.values().forEach(sessions -> sessions.values().forEach(session -> {
        String queue = sessions.entrySet().stream().filter(entry -> entry.getValue() == session).findFirst().orElseThrow().getKey().queue();
        assertThat(gateway.ask(new Leave(queue, session.claim().session()))).isInstanceOf(AdmissionAnswer.Done.class);
      }));
      gateway.sockets.clear();
      held.clear();
      crowd(scene, users, held);
      assertThat(held).hasSize(users.size());
      assertThat(held.values()).as("nothing is counted that is gone").allSatisfy(sessions -> assertThat(sessions).hasSize(3));
    }
  }

  /** All try three times in each queue, all at once, until everybody has been answered. */
  private void crowd(Scene scene, List<String> users, Map<String, Map<Join, Admitted>> held) {
    List<Join> joins = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      users.forEach(user -> {
        joins.add(join(scene, scene.one(), user));
        joins.add(join(scene, scene.other(), user));
      });
    }
    askAtOnce(scene, joins, (join, answer) -> {
      if (answer instanceof Admitted admitted) {
        scene.gateway().sockets.put(join.holder().connection(), new Socket(join.queue(), join.holder().connection(), admitted.claim(), true, 0));
        Map<Join, Admitted> sessions = held.computeIfAbsent(join.user(), user -> new ConcurrentHashMap<>());
        sessions.put(join, admitted);
        assertThat(sessions.size()).as("connections of %s", join.user()).isLessThanOrEqualTo(3);
      }
      return answer instanceof Admitted || reason(answer) == ErrorReason.TOO_MANY_USER_CONNECTIONS;
    });
  }
}
