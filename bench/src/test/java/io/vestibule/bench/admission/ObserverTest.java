package io.vestibule.bench.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.admission.core.PlaceRecord;
import io.vestibule.admission.core.PlaceRecord.Stage;
import io.vestibule.admission.core.QueueEffect;
import io.vestibule.admission.core.QueueEffect.PutPlace;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The observer sees what must not be, were it to happen. */
class ObserverTest {
  private final Observer observer = new Observer(new VirtualTime(), Map.of("gold", 60_000L), 2);

  @Test
  void seesThatOneWasPassedInItsClass() {
    decide(place("a", null, Stage.WAITING, 1_000, 0), place("b", null, Stage.WAITING, 2_000, 0));
    decide(place("b", null, Stage.ADMITTED, 2_000, 9));
    assertThat(observer.tally.inversions).isEqualTo(1);
  }

  @Test
  void whoIsAwayMayBePassed() {
    decide(place("a", null, Stage.WAITING, 1_000, 60_000), place("b", null, Stage.WAITING, 2_000, 0));
    decide(place("b", null, Stage.ADMITTED, 2_000, 9));
    assertThat(observer.tally.inversions).isZero();
  }

  @Test
  void countsWhoPassesWithinTheCreditAndSeesWhoPassesBeyondIt() {
    decide(place("a", null, Stage.WAITING, 1_000, 0), place("g", "gold", Stage.WAITING, 61_000, 0));
    decide(place("g", "gold", Stage.CONNECTED, 61_000, 0));
    assertThat(observer.tally.largestBypass).isEqualTo(1);
    assertThat(observer.tally.beyondCredit).isZero();
    decide(place("h", "gold", Stage.WAITING, 61_001, 0));
    decide(place("h", "gold", Stage.CONNECTED, 61_001, 0));
    assertThat(observer.tally.largestBypass).isEqualTo(2);
    assertThat(observer.tally.beyondCredit).isEqualTo(1);
  }

  @Test
  void seesOneTooMany() {
    for (String id : List.of("a", "b")) {
      decide(place(id, null, Stage.CONNECTED, 1_000, 0));
    }
    assertThat(observer.tally.overshoot).isZero();
    decide(place("c", null, Stage.ADMITTED, 1_000, 9));
    assertThat(observer.tally.overshoot).isEqualTo(1);
    observer.slotsHeld(5);
    assertThat(observer.tally.overshoot).isEqualTo(3);
  }

  @Test
  void seesWhoIsInWithoutASlot() {
    observer.entered(true);
    observer.entered(true);
    assertThat(observer.tally.connectedOvershoot).isZero();
    observer.entered(true);
    assertThat(observer.tally.connectedOvershoot).isEqualTo(1);
    observer.left();
    observer.entered(false);
    assertThat(observer.tally.connectedOvershoot).isEqualTo(1);
  }

  /** They have sockets of which nobody who decides knows; their slots were given to others. */
  @Test
  void countsThoseWhoAreCutOffApart() {
    observer.entered(true);
    observer.cutOff(() -> 1);
    observer.entered(true);
    observer.entered(true);
    assertThat(observer.tally.connectedOvershoot).isZero();
    assertThat(observer.tally.beyondWithCutOff).isEqualTo(1);
    observer.entered(true);
    assertThat(observer.tally.connectedOvershoot).isEqualTo(1);
  }

  private void decide(PlaceRecord... places) {
    observer.decided(null, Arrays.stream(places).<QueueEffect>map(PutPlace::new).toList());
  }

  private static PlaceRecord place(String id, String userClass, Stage stage, long joinedAtMs, long untilMs) {
    return new PlaceRecord(id, id, userClass, stage, joinedAtMs, id.charAt(0), untilMs, stage == Stage.WAITING ? -1 : 0, List.of());
  }
}
