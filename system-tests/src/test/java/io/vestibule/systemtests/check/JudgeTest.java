package io.vestibule.systemtests.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.systemtests.check.Verdict.Promise;
import io.vestibule.systemtests.check.Verdict.Violation;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Histories made by hand, most of them wrong: a judge who lets one of them pass proves nothing. */
class JudgeTest {
  private static final String TOPIC = "check.x";
  private static final Permits TRIMMED = new Permits(topic -> true, false);
  private static final Permits RENEWED = new Permits(topic -> false, true);

  private final History history = new History();

  @BeforeEach
  void two() {
    history.listens("ann", TOPIC);
    history.listens("bob", TOPIC);
  }

  @Test
  void everythingOnceAndInOrder() {
    stored("m1", 1, 1);
    stored("m2", 1, 2);
    both(1, "m1");
    both(2, "m2");
    Verdict verdict = Judge.judge(history, Permits.NONE);
    assertThat(verdict.violations()).isEmpty();
    assertThat(verdict.counts()).isEqualTo(new Counts(2, 0, 0, 0, 4, 0, 0, 0, 0));
  }

  @Test
  void aRetryIsAnsweredWithTheFirstPlace() {
    Sent message = history.sends("pub", TOPIC, "m1", 1);
    message.attempted();
    message.refused();
    message.attempted();
    message.attempted();
    history.acknowledged(message, place(1), true);
    both(1, "m1");
    history.hears("ann", TOPIC, new Heard.Return(true));
    history.hears("bob", TOPIC, new Heard.Return(false));
    Verdict verdict = Judge.judge(history, Permits.NONE);
    assertThat(verdict.violations()).isEmpty();
    assertThat(verdict.counts()).isEqualTo(new Counts(1, 1, 1, 1, 2, 0, 0, 1, 1));
    message.attempted();
    history.acknowledged(message, place(2), true);
    assertThat(broken(Permits.NONE)).contains(Promise.MOVED);
  }

  @Test
  void aDuplicateOfNothing() {
    Sent message = history.sends("pub", TOPIC, "m1", 1);
    message.attempted();
    history.acknowledged(message, place(1), true);
    both(1, "m1");
    assertThat(broken(Permits.NONE)).containsExactly(Promise.MOVED);
  }

  @Test
  void storedAgainInsteadOfRefused() {
    Sent message = stored("m1", 1, 1);
    message.attempted();
    history.acknowledged(message, place(2), false);
    both(1, "m1");
    both(2, "m1");
    assertThat(broken(Permits.NONE)).contains(Promise.DOUBLED, Promise.MOVED);
  }

  @Test
  void lostAtTheEnd() {
    stored("m1", 1, 1);
    stored("m2", 1, 2);
    both(1, "m1");
    heard("ann", 2, "m2");
    assertThat(broken(Permits.NONE)).containsExactly(Promise.LOST);
  }

  @Test
  void aSilentHoleIsALossToo() {
    stored("m1", 1, 1);
    stored("m2", 1, 2);
    stored("m3", 1, 3);
    both(1, "m1");
    heard("ann", 2, "m2");
    both(3, "m3");
    assertThat(broken(Permits.NONE)).containsExactly(Promise.SILENT_HOLE, Promise.LOST);
    assertThat(broken(TRIMMED)).as("a hole is told of where it may be, too").containsExactly(Promise.SILENT_HOLE, Promise.LOST);
  }

  @Test
  void aSubscriberWhoBeginsInTheMiddle() {
    stored("m1", 1, 1);
    stored("m2", 1, 2);
    heard("ann", 1, "m1");
    both(2, "m2");
    assertThat(broken(Permits.NONE)).containsExactly(Promise.SILENT_HOLE, Promise.LOST);
  }

  @Test
  void doubled() {
    stored("m1", 1, 1);
    both(1, "m1");
    heard("bob", 1, "m1");
    assertThat(broken(Permits.NONE)).containsExactly(Promise.DOUBLED, Promise.DISORDERED);
  }

  @Test
  void whatWasNotAcknowledgedComesOnceAtMost() {
    history.sends("pub", TOPIC, "m1", 1).attempted();
    both(1, "m1");
    assertThat(broken(Permits.NONE)).isEmpty();
    both(2, "m1");
    assertThat(broken(Permits.NONE)).containsExactly(Promise.DOUBLED, Promise.DOUBLED);
  }

  @Test
  void swapped() {
    stored("m1", 1, 1);
    stored("m2", 1, 2);
    both(1, "m1");
    heard("ann", 2, "m2");
    stored("m3", 1, 3);
    heard("ann", 3, "m3");
    heard("bob", 3, "m3");
    heard("bob", 2, "m2");
    assertThat(broken(Permits.NONE)).containsExactly(Promise.SILENT_HOLE, Promise.DISORDERED);
  }

  @Test
  void subscribersDoNotAgree() {
    stored("m1", 1, 1);
    stored("m2", 1, 2);
    heard("ann", 1, "m1");
    heard("ann", 2, "m2");
    heard("bob", 1, "m2");
    heard("bob", 2, "m1");
    assertThat(broken(Permits.NONE)).containsOnly(Promise.TWO_AT_ONE_PLACE, Promise.LOST);
  }

  @Test
  void thePublisherAndTheSubscribersDoNotAgree() {
    stored("m1", 1, 1);
    history.sends("pub", TOPIC, "m2", 2).attempted();
    both(1, "m2");
    assertThat(broken(Permits.NONE)).contains(Promise.TWO_AT_ONE_PLACE);
  }

  @Test
  void aPublishersMessagesChangePlaces() {
    stored("m1", 1, 2);
    stored("m2", 2, 1);
    both(1, "m2");
    both(2, "m1");
    assertThat(broken(Permits.NONE)).containsExactly(Promise.DISORDERED);
  }

  @Test
  void whatIsSentAtOnceMayComeInAnyOrder() {
    stored("m1", 1, 2);
    stored("m2", 1, 1);
    both(1, "m2");
    both(2, "m1");
    assertThat(broken(Permits.NONE)).isEmpty();
  }

  @Test
  void invented() {
    stored("m1", 1, 1);
    both(1, "m1");
    both(2, "what nobody sent");
    assertThat(broken(Permits.NONE)).containsExactly(Promise.INVENTED, Promise.INVENTED);
  }

  @Test
  void aGapWhereLittleIsKept() {
    stored("m1", 1, 1);
    stored("m2", 1, 2);
    stored("m3", 1, 3);
    both(1, "m1");
    heard("ann", 2, "m2");
    history.hears("bob", TOPIC, new Heard.Gap(place(1), place(2)));
    both(3, "m3");
    Verdict verdict = Judge.judge(history, TRIMMED);
    assertThat(verdict.violations()).isEmpty();
    assertThat(verdict.counts().gaps()).isEqualTo(1);
    assertThat(verdict.counts().covered()).isEqualTo(1);
    assertThat(broken(Permits.NONE)).containsExactly(Promise.WRONG_GAP);
  }

  @Test
  void aGapThatSaysTooLittle() {
    for (int i = 1; i <= 4; i++) {
      stored("m" + i, i, i);
      heard("ann", i, "m" + i);
    }
    heard("bob", 1, "m1");
    history.hears("bob", TOPIC, new Heard.Gap(place(1), place(2)));
    heard("bob", 4, "m4");
    assertThat(broken(TRIMMED)).containsExactly(Promise.SILENT_HOLE, Promise.LOST);
  }

  @Test
  void aGapFromSomewhereElseOrBack() {
    both(1, "m1");
    history.sends("pub", TOPIC, "m1", 1).attempted();
    history.hears("ann", TOPIC, new Heard.Gap(place(3), place(4)));
    history.hears("bob", TOPIC, new Heard.Gap(place(1), place(1)));
    assertThat(broken(TRIMMED)).containsExactly(Promise.WRONG_GAP, Promise.WRONG_GAP);
  }

  @Test
  void aNewEpochNeedsAGapAndAFault() {
    stored("m1", 1, 1);
    both(1, "m1");
    Sent message = history.sends("pub", TOPIC, "m2", 2);
    message.attempted();
    history.acknowledged(message, new Place("f", 1), false);
    history.hears("ann", TOPIC, new Heard.Gap(place(1), new Place("f", 0)));
    for (String subscriber : List.of("ann", "bob")) {
      history.hears(subscriber, TOPIC, new Heard.Message(new Place("f", 1), "m2"));
    }
    assertThat(broken(RENEWED)).as("bob was not told").containsExactly(Promise.SILENT_HOLE);
    assertThat(broken(TRIMMED)).as("and nothing may have happened").containsExactly(Promise.WRONG_GAP, Promise.SILENT_HOLE);
  }

  private Sent stored(String id, long batch, long offset) {
    Sent message = history.sends("pub", TOPIC, id, batch);
    message.attempted();
    history.acknowledged(message, place(offset), false);
    return message;
  }

  private void both(long offset, String id) {
    heard("ann", offset, id);
    heard("bob", offset, id);
  }

  private void heard(String subscriber, long offset, String id) {
    history.hears(subscriber, TOPIC, new Heard.Message(place(offset), id));
  }

  private static Place place(long offset) {
    return new Place("e", offset);
  }

  private List<Promise> broken(Permits permits) {
    return Judge.judge(history, permits).violations().stream().map(Violation::promise).collect(Collectors.toList());
  }
}
