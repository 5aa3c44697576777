package io.vestibule.admission.core;

import static io.vestibule.admission.core.Scene.claim;
import static io.vestibule.admission.core.Scene.position;
import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.contract.admission.AdmissionAnswer;
import io.vestibule.contract.admission.AdmissionAnswer.Admitted;
import io.vestibule.contract.admission.AdmissionAnswer.Waiting;
import io.vestibule.contract.admission.AdmissionNotice.Promoted;
import org.junit.jupiter.api.Test;

/** Joining, waiting, coming in. */
class QueueCoreTest {

  @Test
  void thereIsRoomOrOneWaitsAndIsPromotedOnTheSameSocket() {
    Scene scene = Scene.of(1);
    AdmissionAnswer anna = scene.join("anna", "c1");
    assertThat(anna).isInstanceOfSatisfying(Admitted.class, admitted -> assertThat(admitted.resumed()).isFalse());
    assertThat(position(scene.join("ben", "c2"))).isEqualTo(1);
    assertThat(position(scene.join("carl", "c3"))).isEqualTo(2);

    scene.leave(anna);

    assertThat(scene.told("c2")).singleElement().isInstanceOfSatisfying(Promoted.class, promoted -> assertThat(promoted.admitted().claim().user()).isEqualTo("ben"));
    assertThat(scene.told("c3")).isEmpty();
    assertThat(scene.store.slots).hasSize(1).containsValue(new SlotHolder(scene.store.places.values().stream().filter(p -> p.user().equals("ben")).findFirst().orElseThrow().id(), "ben"));
    assertThat(scene.store.places).hasSize(2);
  }

  @Test
  void nobodyIsToldBeforeTheSlotIsStored() {
    Scene scene = Scene.of(1);
    scene.storing = false;
    assertThat(scene.join("anna", "c1")).isNull();
    assertThat(scene.join("ben", "c2")).isInstanceOf(Waiting.class);
    scene.stored();
    assertThat(scene.answers.get(1L)).isInstanceOf(Admitted.class);
  }

  @Test
  void aDropKeepsTheSlotForItsHolder() {
    Scene scene = Scene.of(1);
    AdmissionAnswer anna = scene.join("anna", "c1");
    scene.join("ben", "c2");
    scene.drop(anna, "c1");
    scene.pass(59_000);
    assertThat(scene.told("c2")).isEmpty();
    assertThat(scene.resume(claim(anna), "c3")).isInstanceOfSatisfying(Admitted.class, admitted -> {
      assertThat(admitted.resumed()).isTrue();
      assertThat(admitted.claim().generation()).isEqualTo(claim(anna).generation() + 1);
    });
  }
}
