package io.vestibule.admission.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Promise;
import io.vestibule.contract.admission.AdmissionAnswer.Admitted;
import io.vestibule.contract.admission.AdmissionAnswer.Quota;
import io.vestibule.contract.admission.AdmissionAnswer.Standing;
import io.vestibule.contract.admission.AdmissionNotice;
import io.vestibule.contract.admission.AdmissionNotice.Ended;
import io.vestibule.contract.admission.AdmissionNotice.Moved;
import io.vestibule.contract.admission.AdmissionNotice.Promoted;
import io.vestibule.contract.admission.AdmissionSeen;
import io.vestibule.contract.admission.SessionClaim;
import io.vestibule.contract.admission.SessionRef;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NoticeLineTest {
  private final HandTimers timers = new HandTimers();
  private final List<List<AdmissionNotice>> carried = new ArrayList<>();
  private final List<Promise<AdmissionSeen>> underWay = new ArrayList<>();
  private final List<String> nobodyThere = new ArrayList<>();
  private final NoticeLine line = new NoticeLine(notices -> {
    carried.add(notices);
    Promise<AdmissionSeen> promise = Promise.promise();
    underWay.add(promise);
    return promise.future();
  }, nobodyThere::add, timers);

  private static Moved moved(String connection, long position) {
    return new Moved("q", connection, new Standing(position, 9, -1, -1, null, 0));
  }

  private static Promoted promoted(String connection) {
    return new Promoted("q", connection, new Admitted(new SessionClaim("u", new SessionRef("p", 0), 1, 0, null), false, 0, 0, null, Quota.NONE));
  }

  private void tell(AdmissionNotice... notices) {
    List.of(notices).forEach(line::add);
    line.flush();
  }

  private void seen(String... unknown) {
    underWay.remove(0).complete(new AdmissionSeen(List.of(unknown)));
  }

  private void silent() {
    underWay.remove(0).fail(Failure.of(ErrorReason.TIMEOUT));
  }

  @Test
  void oneMessageIsUnderWayAndTheRestFollowsInOrder() {
    tell(promoted("a"));
    tell(promoted("b"));
    tell(moved("c", 1), new Ended("q", "d", AdmissionNotice.End.LEFT));
    assertThat(carried).containsExactly(List.of(promoted("a")));
    seen();
    assertThat(carried.get(1)).containsExactly(promoted("b"), moved("c", 1), new Ended("q", "d", AdmissionNotice.End.LEFT));
  }

  @Test
  void ofSeveralPositionsTheLastIsToldAndNoneAfterThePromotion() {
    tell(promoted("busy"));
    tell(moved("a", 3), moved("b", 4), moved("a", 2), promoted("b"));
    seen();
    assertThat(carried.get(1)).containsExactly(moved("a", 2), promoted("b"));
  }

  @Test
  void whoIsNotThereIsSaid() {
    tell(promoted("a"), promoted("b"));
    seen("b");
    assertThat(nobodyThere).containsExactly("b");
  }

  @Test
  void aPromotionIsRepeatedUntilTheGatewayAnswersAndAPositionIsNot() {
    tell(moved("a", 1), promoted("b"));
    silent();
    timers.pass(5_000);
    silent();
    timers.pass(5_000);
    assertThat(carried).containsExactly(List.of(moved("a", 1), promoted("b")), List.of(promoted("b")), List.of(promoted("b")));
    tell(promoted("c"));
    assertThat(carried).hasSize(3);
    seen();
    assertThat(carried.get(3)).containsExactly(promoted("c"));
  }

  @Test
  void whatAGatewayCannotHandleDoesNotStopTheRest() {
    tell(promoted("a"));
    for (int i = 0; i < NoticeLine.MOST; i++) {
      if (!underWay.isEmpty()) {
        underWay.remove(0).fail(Failure.of(ErrorReason.INTERNAL));
      }
      timers.pass(2_000);
    }
    int attempts = carried.size();
    assertThat(attempts).isEqualTo(3);
    tell(promoted("b"));
    assertThat(carried.get(attempts)).containsExactly(promoted("b"));
  }

  @Test
  void aGatewayThatIsGoneIsToldNothingMore() {
    tell(promoted("a"));
    line.end();
    silent();
    timers.pass(60_000);
    tell(promoted("b"));
    assertThat(carried).hasSize(1);
    assertThat(timers.waiting()).isZero();
  }

  @Test
  void aMessageIsNotTooLarge() {
    tell(promoted("busy"));
    for (int i = 0; i <= NoticeLine.MOST; i++) {
      line.add(promoted("c" + i));
    }
    seen();
    assertThat(carried.get(1)).hasSize(NoticeLine.MOST);
    seen();
    assertThat(carried.get(2)).hasSize(1);
  }
}
