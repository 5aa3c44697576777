package io.vestibule.admission.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.admission.core.PlaceRecord;
import io.vestibule.admission.core.PlaceRecord.SessionRecord;
import io.vestibule.admission.core.PlaceRecord.Stage;
import io.vestibule.admission.core.QueueEffect.PutPlace;
import io.vestibule.admission.core.QueueEvent.Asked;
import io.vestibule.contract.admission.AdmissionCommand.Detach;
import io.vestibule.contract.admission.AdmissionCommand.Holder;
import io.vestibule.contract.admission.AdmissionCommand.Join;
import io.vestibule.contract.admission.AdmissionCommand.Leave;
import io.vestibule.contract.admission.SessionClaim;
import io.vestibule.contract.admission.SessionRef;
import io.vestibule.contract.admission.SocketReport.Socket;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecentSocketsTest {
  private static final Holder HOLDER = new Holder("g", "c1");
  private static final SessionRef SESSION = new SessionRef("p1", 0);
  private static final SessionClaim CLAIM = new SessionClaim("ann", SESSION, 1, 5, null);
  private static final Socket SOCKET = new Socket("q", "c1", CLAIM, true);

  private final RecentSockets recent = new RecentSockets("q");

  private void join(long atMs) {
    SessionRecord session = new SessionRecord(0, 1, false, "a", HOLDER, "d", 0, 0, 0, 0, null);
    PlaceRecord place = new PlaceRecord("p1", "ann", null, Stage.CONNECTED, 5, 1, 0, 0, List.of(session));
    recent.note(new Asked(1, "g", new Join("q", "ann", "a", HOLDER, null, -1, "d")), List.of(new PutPlace(place)), atMs);
  }

  private void detach(long atMs) {
    recent.note(new Asked(2, "g", new Detach("q", SESSION, HOLDER)), List.of(), atMs);
  }

  @Test
  void aReportOfQuietTimesIsTakenAsItIs() {
    assertThat(recent.corrected("g", List.of(SOCKET), 0)).containsExactly(SOCKET);
  }

  @Test
  void whoseAnswerIsOnItsWayIsThere() {
    join(1_000);
    assertThat(recent.corrected("g", List.of(), 2_000)).containsExactly(SOCKET);
    assertThat(recent.corrected("g", List.of(SOCKET), 2_000)).containsExactly(SOCKET);
    assertThat(recent.corrected("other", List.of(), 2_000)).isEmpty();
  }

  @Test
  void afterAWhileTheReportCounts() {
    join(1_000);
    assertThat(recent.corrected("g", List.of(), 1_001 + RecentSockets.MILLIS)).isEmpty();
  }

  @Test
  void whoHasJustGoneIsNotThere() {
    join(1_000);
    detach(1_500);
    assertThat(recent.corrected("g", List.of(SOCKET), 2_000)).isEmpty();
  }

  @Test
  void whoHasJustLeftForGoodIsNotThereOnWhateverSocket() {
    recent.note(new Asked(1, "g", new Leave("q", SESSION)), List.of(), 1_000);
    assertThat(recent.corrected("g", List.of(SOCKET), 2_000)).isEmpty();
  }

  @Test
  void withTooManyChangesReportsAreNotUsedForAWhile() {
    for (int i = 0; i <= RecentSockets.MOST; i++) {
      recent.note(new Asked(i, "g", new Detach("q", SESSION, new Holder("g", "c" + i))), List.of(), 1_000);
    }
    assertThat(recent.isComplete(1_500)).isFalse();
    assertThat(recent.isComplete(1_000 + RecentSockets.MILLIS)).isTrue();
  }
}
