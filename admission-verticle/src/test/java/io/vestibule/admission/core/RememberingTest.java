package io.vestibule.admission.core;

import static io.vestibule.admission.core.Scene.claim;
import static io.vestibule.admission.core.Scene.ref;
import static io.vestibule.admission.core.Scene.socket;
import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.contract.admission.AdmissionAnswer;
import io.vestibule.contract.admission.AdmissionAnswer.Admitted;
import io.vestibule.contract.admission.AdmissionAnswer.Waiting;
import io.vestibule.contract.admission.AdmissionCommand.Holder;
import io.vestibule.contract.admission.AdmissionCommand.Join;
import io.vestibule.contract.admission.AdmissionCommand.Save;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a session remembers from its first moment, because it came with the join. */
class RememberingTest {
  private static Join join(String user, String attempt, Holder holder, String state) {
    return new Join(Scene.Q, user, attempt, holder, null, -1, "default", state);
  }

  private static Join join(String user, String connection, String state) {
    return join(user, "join-" + connection, socket(connection), state);
  }

  private static Join http(String user, String attempt, String state) {
    return join(user, attempt, new Holder(Scene.GATEWAY, null), state);
  }

  private static String stored(Scene scene, AdmissionAnswer session) {
    return scene.store.places.get(ref(session).place()).sessions().get(ref(session).number()).state();
  }

  @Test
  void noPlaceIsStoredWithoutIt() {
    QueueCore core = new QueueCore(Scene.rules(1), 1);
    core.handle(new QueueEvent.Opened(), 1);
    for (String user : List.of("anna", "ben")) {
      List<QueueEffect> effects = core.handle(new QueueEvent.Asked(1, Scene.GATEWAY, join(user, "c-" + user, "{\"of\":\"" + user + "\"}")), 2);
      assertThat(effects).filteredOn(QueueEffect.PutPlace.class::isInstance).isNotEmpty()
          .allSatisfy(put -> assertThat(((QueueEffect.PutPlace) put).place().sessions().get(0).state()).isEqualTo("{\"of\":\"" + user + "\"}"));
    }
  }

  @Test
  void itIsThereForWhoeverComesBackAfterAFailover() {
    Scene scene = Scene.of(1);
    AdmissionAnswer anna = scene.ask(join("anna", "c1", "{\"a\":1}"));
    AdmissionAnswer ben = scene.ask(join("ben", "c2", "{\"b\":1}"));
    scene.failover();
    assertThat(scene.resume(claim(anna), "c3")).isInstanceOfSatisfying(Admitted.class, in -> assertThat(in.state()).isEqualTo("{\"a\":1}"));
    assertThat(scene.resume(claim(ben), "c4")).isInstanceOfSatisfying(Waiting.class, waits -> assertThat(waits.state()).isEqualTo("{\"b\":1}"));
    assertThat(scene.poll(ben)).as("nobody else needs it").isInstanceOfSatisfying(Waiting.class, waits -> assertThat(waits.state()).isNull());
  }

  @Test
  void anotherSessionOfTheUserHasItsOwn() {
    Scene scene = Scene.of(1);
    AdmissionAnswer phone = scene.ask(join("anna", "c1", "{\"a\":1}"));
    AdmissionAnswer web = scene.ask(join("anna", "c2", "{\"a\":2}"));
    assertThat(stored(scene, phone)).isEqualTo("{\"a\":1}");
    assertThat(stored(scene, web)).isEqualTo("{\"a\":2}");
  }

  @Test
  void whatIsTooLargeIsNotRemembered() {
    Scene scene = Scene.of(1);
    assertThat(stored(scene, scene.ask(join("anna", "c1", "x".repeat(1_025))))).isNull();
    assertThat(stored(scene, scene.ask(join("ben", "c2", "x".repeat(1_024))))).hasSize(1_024);
  }

  @Test
  void whoJoinsAgainOverHttpHasShownItsNewestTokenUntilASocketKnowsBetter() {
    Scene scene = Scene.of(1);
    scene.join("zoe", "z");
    AdmissionAnswer anna = scene.ask(http("anna", "a1", "{\"exp\":1}"));
    assertThat(ref(scene.ask(http("anna", "a2", "{\"exp\":2}")))).isEqualTo(ref(anna));
    assertThat(stored(scene, anna)).isEqualTo("{\"exp\":2}");
    AdmissionAnswer back = scene.resume(claim(anna), "c1");
    scene.ask(new Save(Scene.Q, ref(back), socket("c1"), 1, "{\"exp\":2,\"topics\":[\"a\"]}"));
    scene.drop(back, "c1");
    scene.poll(back);
    scene.ask(http("anna", "a3", "{\"exp\":3}"));
    assertThat(stored(scene, anna)).isEqualTo("{\"exp\":2,\"topics\":[\"a\"]}");
  }
}
