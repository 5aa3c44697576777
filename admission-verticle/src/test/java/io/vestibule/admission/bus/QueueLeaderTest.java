package io.vestibule.admission.bus;

import static io.vestibule.admission.bus.LeaderScene.GATEWAY;
import static io.vestibule.admission.bus.LeaderScene.QUEUE;
import static io.vestibule.admission.bus.LeaderScene.join;
import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.admission.core.QueueEvent;
import io.vestibule.admission.core.QueueStatus;
import io.vestibule.contract.admission.AdmissionAnswer;
import io.vestibule.contract.admission.AdmissionAnswer.Admitted;
import io.vestibule.contract.admission.AdmissionAnswer.Done;
import io.vestibule.contract.admission.AdmissionAnswer.NotLeader;
import io.vestibule.contract.admission.AdmissionAnswer.Refused;
import io.vestibule.contract.admission.AdmissionAnswer.Waiting;
import io.vestibule.contract.admission.AdmissionCommand.Detach;
import io.vestibule.contract.admission.AdmissionCommand.Holder;
import io.vestibule.contract.admission.AdmissionCommand.Leave;
import io.vestibule.contract.admission.GatewayLoad;
import io.vestibule.contract.admission.SocketReport.Socket;
import io.vestibule.contract.error.ErrorReason;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class QueueLeaderTest {
  private final LeaderScene scene = new LeaderScene(1);

  private static Admitted admitted(AtomicReference<AdmissionAnswer> answer) {
    assertThat(answer.get()).isInstanceOf(Admitted.class);
    return (Admitted) answer.get();
  }

  @Test
  void oneIsAdmittedTheOtherWaitsAndIsPromotedWhenTheFirstLeaves() {
    QueueLeader leader = scene.leading(1);
    Admitted ann = admitted(scene.ask(leader, join("ann")));
    assertThat(scene.ask(leader, join("bob")).get()).isInstanceOf(Waiting.class);
    scene.pass(leader, 5_000);
    assertThat(scene.gateways.promoted()).isEmpty();
    assertThat(scene.ask(leader, new Leave(QUEUE, ann.claim().session())).get()).isInstanceOf(Done.class);
    scene.pass(leader, 200);
    assertThat(scene.gateways.promoted()).containsExactly("c-bob");
    assertThat(scene.store.image(QUEUE).slots().values()).extracting("user").containsExactly("bob");
  }

  @Test
  void nothingIsSaidBeforeItIsStored() {
    QueueLeader leader = scene.leading(1);
    scene.store.holds = true;
    AtomicReference<AdmissionAnswer> ann = scene.ask(leader, join("ann"));
    AtomicReference<AdmissionAnswer> bob = scene.ask(leader, join("bob"));
    scene.pass(leader, 1_000);
    assertThat(ann.get()).isNull();
    assertThat(scene.store.held).as("one commit under way").hasSize(1);
    while (!scene.store.held.isEmpty()) {
      scene.store.release();
    }
    admitted(ann);
    assertThat(bob.get()).isInstanceOf(Waiting.class);
  }

  @Test
  void whatIsAskedDuringTheTakeoverWaitsAndIsAnsweredThen() {
    scene.gateways.silent.add(GATEWAY);
    QueueLeader leader = scene.leader(1);
    leader.start();
    AtomicReference<AdmissionAnswer> ann = scene.ask(leader, join("ann"));
    scene.pass(leader, Takeover.SURVEY_MILLIS - 500);
    assertThat(ann.get()).isNull();
    scene.pass(leader, 1_000);
    admitted(ann);
    assertThat(scene.gateways.questions).isGreaterThan(5);
  }

  @Test
  void theTakeoverGoesOnUntilTheStoreOpens() {
    scene.store.opens = false;
    QueueLeader leader = scene.leading(1);
    scene.pass(leader, 5_000);
    AtomicReference<AdmissionAnswer> ann = scene.ask(leader, join("ann"));
    assertThat(leader.isOpen()).isFalse();
    scene.store.opens = true;
    scene.pass(leader, 2_000);
    assertThat(leader.isOpen()).isTrue();
    admitted(ann);
  }

  @Test
  void nobodyWaitsForAnAnswerForEver() {
    scene.store.opens = false;
    QueueLeader leader = scene.leading(1);
    AtomicReference<AdmissionAnswer> ann = scene.ask(leader, join("ann"));
    scene.pass(leader, PendingAnswers.MILLIS + 1_000);
    assertThat(ann.get()).isInstanceOf(NotLeader.class);
  }

  @Test
  void whoTakesOverKnowsEverything() {
    QueueLeader first = scene.leading(1);
    Admitted ann = admitted(scene.ask(first, join("ann")));
    Waiting bob = (Waiting) scene.ask(first, join("bob")).get();
    scene.gateways.sockets.put(GATEWAY, List.of(new Socket(QUEUE, "c-ann", ann.claim(), true, 0), new Socket(QUEUE, "c-bob", bob.claim(), false, 0)));
    QueueLeader second = scene.leading(2);
    QueueStatus status = second.status().orElseThrow();
    assertThat(status.connected()).isEqualTo(1);
    assertThat(status.waiting()).isEqualTo(1);
    scene.ask(second, new Leave(QUEUE, ann.claim().session()));
    scene.pass(second, 200);
    assertThat(scene.gateways.promoted()).containsExactly("c-bob");
    assertThat(scene.gateways.terms).containsOnly(2L);
  }

  @Test
  void whoIsFencedAnswersNobodyAndSaysSo() {
    QueueLeader first = scene.leading(1);
    scene.leading(2);
    AtomicReference<AdmissionAnswer> ann = scene.ask(first, join("ann"));
    assertThat(ann.get()).isInstanceOf(NotLeader.class);
    assertThat(scene.deposed).containsKey(1L);
    assertThat(scene.ask(first, join("bob")).get()).isInstanceOf(NotLeader.class);
  }

  @Test
  void whoSleptThroughTheEndOfItsTermSaysNothingOfWhatIsStored() {
    QueueLeader leader = scene.leading(1);
    scene.store.holds = true;
    AtomicReference<AdmissionAnswer> ann = scene.ask(leader, join("ann"));
    scene.expired.add(1L);
    scene.store.release();
    assertThat(ann.get()).isInstanceOf(NotLeader.class);
    assertThat(scene.deposed).containsKey(1L);
  }

  @Test
  void aCommitThatMayHaveBeenDoneIsRepeated() {
    QueueLeader leader = scene.leading(1);
    scene.store.failures.add(new IllegalStateException("nobody knows"));
    AtomicReference<AdmissionAnswer> ann = scene.ask(leader, join("ann"));
    assertThat(ann.get()).isNull();
    scene.pass(leader, 1_000);
    admitted(ann);
    assertThat(scene.store.image(QUEUE).places()).hasSize(1);
    assertThat(scene.registry.get("vestibule.admission.store.failures").counter().count()).isEqualTo(1);
  }

  @Test
  void beyondTheBoundCommandsAreRefusedAndNotDecided() {
    QueueLeader leader = scene.leading(1);
    scene.store.holds = true;
    for (int i = 0; i < PendingAnswers.MOST; i++) {
      scene.ask(leader, join("u" + i));
    }
    Refused refused = (Refused) scene.ask(leader, join("late")).get();
    assertThat(refused.reason()).isEqualTo(ErrorReason.ADMISSION_UNAVAILABLE);
    assertThat(refused.retryAfterMs()).isPositive();
  }

  @Test
  void aPromotionThatFindsNobodyGoesToTheNext() {
    QueueLeader leader = scene.leading(1);
    Admitted ann = admitted(scene.ask(leader, join("ann")));
    scene.ask(leader, join("bob"));
    Waiting cleo = (Waiting) scene.ask(leader, join("cleo")).get();
    scene.gateways.sockets.put(GATEWAY, List.of(new Socket(QUEUE, "c-cleo", cleo.claim(), false, 0)));
    scene.gateways.gone.add("c-bob");
    scene.ask(leader, new Leave(QUEUE, ann.claim().session()));
    scene.pass(leader, 500);
    assertThat(scene.gateways.promoted()).containsExactly("c-bob");
    assertThat(leader.status().orElseThrow().connected()).isZero();
    scene.pass(leader, 61_000);
    assertThat(scene.gateways.promoted()).as("nobody came for the slot").startsWith("c-bob", "c-cleo");
  }

  @Test
  void aPromotionIsRepeatedUntilTheGatewayAnswers() {
    QueueLeader leader = scene.leading(1);
    Admitted ann = admitted(scene.ask(leader, join("ann")));
    scene.ask(leader, join("bob"));
    scene.gateways.silent.add(GATEWAY);
    scene.ask(leader, new Leave(QUEUE, ann.claim().session()));
    scene.pass(leader, 3_000);
    assertThat(scene.gateways.promoted()).isEmpty();
    scene.gateways.silent.clear();
    scene.pass(leader, 2_000);
    assertThat(scene.gateways.promoted()).containsExactly("c-bob");
  }

  @Test
  void aSocketWhoseEndWasLostIsFoundByTheQuestion() {
    QueueLeader leader = scene.leading(1);
    scene.pass(leader, SocketRounds.ALL_MILLIS - 2_000);
    admitted(scene.ask(leader, join("ann")));
    scene.pass(leader, 4_000);
    assertThat(leader.status().orElseThrow().connected()).as("it came just before the question").isEqualTo(1);
    scene.pass(leader, SocketRounds.ALL_MILLIS);
    assertThat(leader.status().orElseThrow().connected()).isZero();
    assertThat(leader.status().orElseThrow().grace()).isEqualTo(1);
  }

  /** As after a partition, or a pause of its process: its people count as dropped, and their grace runs. */
  @Test
  void aGatewayThatComesBackIsAskedAtOnceForItsSockets() {
    QueueLeader leader = scene.leading(1);
    Admitted ann = admitted(scene.ask(leader, join("ann")));
    scene.pass(leader, 6_000);
    scene.gateways.alive.clear();
    scene.pass(leader, 5_000);
    assertThat(leader.status().orElseThrow().grace()).isEqualTo(1);
    scene.gateways.sockets.put(GATEWAY, List.of(new Socket(QUEUE, "c-ann", ann.claim(), true, 0)));
    scene.gateways.silent.add(GATEWAY);
    scene.gateways.alive.add(GATEWAY);
    scene.pass(leader, 3_000);
    assertThat(leader.status().orElseThrow().grace()).isEqualTo(1);
    scene.gateways.silent.clear();
    scene.pass(leader, 1_500);
    assertThat(leader.status().orElseThrow().connected()).isEqualTo(1);
    int questions = scene.gateways.questions;
    scene.pass(leader, SocketRounds.SOON_MILLIS * 5);
    assertThat(scene.gateways.questions).as("who answered is asked with all the others").isEqualTo(questions);
  }

  @Test
  void aGatewayThatWasNotHeardInTheTakeoverIsAskedAgainSoon() {
    QueueLeader first = scene.leading(1);
    admitted(scene.ask(first, join("ann")));
    scene.gateways.silent.add(GATEWAY);
    QueueLeader second = scene.leader(2);
    second.start();
    scene.pass(second, Takeover.SURVEY_MILLIS + 500);
    assertThat(second.isOpen()).isTrue();
    assertThat(second.status().orElseThrow().connected()).as("as it is stored").isEqualTo(1);
    scene.gateways.silent.clear();
    scene.pass(second, 2_000);
    assertThat(second.status().orElseThrow().grace()).as("her socket is gone").isEqualTo(1);
  }

  @Test
  void theSocketsOfADeadGatewayAreNotThere() {
    QueueLeader leader = scene.leading(1);
    admitted(scene.ask(leader, join("ann")));
    scene.pass(leader, 6_000);
    scene.gateways.alive.clear();
    scene.pass(leader, 200);
    assertThat(leader.status().orElseThrow().grace()).isEqualTo(1);
  }

  @Test
  void anOrderIsDoneWhenItIsStoredAndOutlivesTheLeader() {
    QueueLeader leader = scene.leading(1);
    admitted(scene.ask(leader, join("ann")));
    scene.ask(leader, join("bob"));
    AtomicReference<AdmissionAnswer> done = new AtomicReference<>();
    scene.store.holds = true;
    leader.order(new QueueEvent.Resized(2, -1), "flow", done::set);
    assertThat(done.get()).isNull();
    scene.store.holds = false;
    scene.store.release();
    assertThat(done.get()).isInstanceOf(Done.class);
    scene.pass(leader, 200);
    assertThat(scene.gateways.promoted()).containsExactly("c-bob");
    assertThat(scene.leading(2).status().orElseThrow().capacity()).isEqualTo(2);
  }

  @Test
  void whileAllGatewaysDrainNobodyIsAdmittedAndPlacesAreKept() {
    QueueLeader leader = scene.leading(1);
    scene.loads.heard(new GatewayLoad(GATEWAY, "g", 100, 0, 0, 0, 0, true, 0), scene.timers.nanos() / 1_000_000);
    scene.pass(leader, 100);
    assertThat(scene.ask(leader, join("ann")).get()).isInstanceOf(Waiting.class);
    scene.pass(leader, 1_000);
    assertThat(scene.gateways.promoted()).isEmpty();
    scene.loads.heard(new GatewayLoad(GATEWAY, "g", 100, 0, 0, 0, 0, false, 0), scene.timers.nanos() / 1_000_000);
    scene.pass(leader, 200);
    assertThat(scene.gateways.promoted()).containsExactly("c-ann");
  }

  @Test
  void itIsCounted() {
    QueueLeader leader = scene.leading(1);
    Admitted ann = admitted(scene.ask(leader, join("ann")));
    scene.ask(leader, join("bob"));
    scene.pass(leader, 2_000);
    scene.ask(leader, new Detach(QUEUE, ann.claim().session(), new Holder(GATEWAY, "c-ann")));
    scene.pass(leader, 2_000);
    assertThat(scene.registry.get("vestibule.admission.commands").tags("command", "join", "outcome", "admitted").counter().count()).isEqualTo(1);
    assertThat(scene.registry.get("vestibule.admission.commands").tags("command", "join", "outcome", "waiting").counter().count()).isEqualTo(1);
    assertThat(scene.registry.get("vestibule.admission.waiting").gauge().value()).isEqualTo(1);
    assertThat(scene.registry.get("vestibule.admission.slots").tag("state", "grace").gauge().value()).isEqualTo(1);
    assertThat(scene.registry.get("vestibule.admission.utilisation").gauge().value()).isEqualTo(1);
    assertThat(scene.registry.get("vestibule.admission.wait").timer().count()).isEqualTo(1);
    assertThat(scene.registry.get("vestibule.admission.events").tag("event", "joined").counter().count()).isEqualTo(2);
    leader.end("test");
    assertThat(scene.registry.get("vestibule.admission.waiting").gauge().value()).isZero();
  }
}
