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
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Three connections of a user are three, in however many queues, with a coordinator of each on a node of its own. */
class SeatsIT {
  private static final List<String> QUEUES = IntStream.range(0, 12).mapToObj(i -> "q" + i).toList();

  private final AtomicInteger calls = new AtomicInteger();

  /** A cluster, and two queues that different nodes lead. */
  private record Scene(List<Coordinator> coordinators, Gateway gateway, String one, String other) {
    static Scene of(Coordinators cluster) {
      List<Coordinator> coordinators = List.of(cluster.coordinator("a"), cluster.coordinator("b"));
      Gateway gateway = cluster.gateway("g");
      eventually(() -> gateway.node.membership().view().nodes().size() == 3);
      String one = QUEUES.get(0);
      String other = QUEUES.stream().filter(queue -> !gateway.leader(queue).equals(gateway.leader(one))).findFirst().orElseThrow();
      return new Scene(coordinators, gateway, one, other);
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
      for (Join join : joins) {
        assertThat(gateway.ask(join)).isInstanceOf(Admitted.class);
        // Who is older is told in milliseconds.
        long now = System.currentTimeMillis();
        eventually(() -> System.currentTimeMillis() > now + 50);
      }
      eventually(() -> replaced(gateway).size() == 2);
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
      List<Future<AdmissionAnswer>> answers = joins.stream().map(scene.gateway()::askOnce).toList();
      await(Future.join(answers));
      assertThat(answers.stream().map(answer -> reason(answer.result()))).doesNotContain(ErrorReason.TOO_MANY_USER_CONNECTIONS);
    }
  }

  private static List<String> replaced(Gateway gateway) {
    return gateway.told.stream().filter(notice -> notice instanceof Ended ended && ended.end() == End.REPLACED).map(notice -> notice.connection()).toList();
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
    List<Join> open = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      users.forEach(user -> {
        open.add(join(scene, scene.one(), user));
        open.add(join(scene, scene.other(), user));
      });
    }
    eventually(() -> {
      List<Join> now = List.copyOf(open);
      List<Future<AdmissionAnswer>> answers = now.stream().map(join -> scene.gateway().askOnce(join).otherwise(new AdmissionAnswer.NotLeader())).toList();
      await(Future.join(answers));
      for (int i = 0; i < now.size(); i++) {
        AdmissionAnswer answer = answers.get(i).result();
        Join join = now.get(i);
        if (answer instanceof Admitted admitted) {
          scene.gateway().sockets.put(join.holder().connection(), new Socket(join.queue(), join.holder().connection(), admitted.claim(), true, 0));
          Map<Join, Admitted> sessions = held.computeIfAbsent(join.user(), user -> new ConcurrentHashMap<>());
          sessions.put(join, admitted);
          assertThat(sessions.size()).as("connections of %s", join.user()).isLessThanOrEqualTo(3);
        }
        if (answer instanceof Admitted || reason(answer) == ErrorReason.TOO_MANY_USER_CONNECTIONS) {
          open.remove(join);
        }
      }
      return open.isEmpty();
    });
  }
}
