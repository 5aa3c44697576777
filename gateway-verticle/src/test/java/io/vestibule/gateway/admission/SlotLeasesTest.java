package io.vestibule.gateway.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SlotLeasesTest {
  private static final long START = 1_000_000;

  private final SlotLeases leases = new SlotLeases(Duration.ofSeconds(50), START);

  private int lapsesAt(int shard, long seconds) {
    leases.expire(START + seconds * 1_000);
    return leases.lapses(shard);
  }

  private void renewed(long shards, long askedSeconds, long answeredSeconds) {
    leases.renewed(shards, START + askedSeconds * 1_000, START + answeredSeconds * 1_000);
  }

  @Test
  void whatNobodyAnswersForLapsesOnceAndAgainAfterAsLong() {
    assertThat(lapsesAt(0, 49)).isZero();
    assertThat(lapsesAt(0, 50)).isEqualTo(1);
    assertThat(lapsesAt(0, 99)).isEqualTo(1);
    assertThat(lapsesAt(0, 100)).as("whoever came in meanwhile").isEqualTo(2);
  }

  /** A coordinator that is being taken over is silent for 12 s at the most. */
  @Test
  void anAnswerNowAndThenIsEnough() {
    for (int second = 0; second < 600; second += 13) {
      renewed(1L << 63 | 1, second, second);
      assertThat(lapsesAt(0, second + 12)).isZero();
      assertThat(lapsesAt(63, second + 12)).isZero();
    }
    assertThat(leases.lapses(7)).isPositive();
  }

  /** The answer says how it was when it was sent, which may have been right after the question. */
  @Test
  void itCountsFromTheQuestion() {
    renewed(1, 10, 40);
    assertThat(lapsesAt(0, 59)).isZero();
    assertThat(lapsesAt(0, 60)).isEqualTo(1);
  }

  @Test
  void anOlderQuestionAnsweredLateTakesNothingBack() {
    renewed(1, 30, 31);
    renewed(1, 10, 32);
    assertThat(lapsesAt(0, 79)).isZero();
  }

  /** It was frozen for longer than its slots were kept, and hears an answer to a new question before it looks at the time. */
  @Test
  void anAnswerThatComesTooLateSavesNothing() {
    renewed(1, 75, 76);
    assertThat(leases.lapses(0)).isEqualTo(1);
    assertThat(lapsesAt(0, 124)).isEqualTo(1);
  }

  @Test
  void withoutPatienceNothingLapses() {
    SlotLeases open = new SlotLeases(Duration.ZERO, START);
    open.expire(START + 1_000_000);
    assertThat(open.lapses(0)).isZero();
  }

  @Test
  void patienceEndsBeforeTheGraceAndNotBeforeATakeover() {
    assertThat(SlotLeases.patience(Duration.ofSeconds(60), Duration.ofSeconds(10))).isEqualTo(Duration.ofSeconds(50));
    assertThat(SlotLeases.patience(Duration.ofSeconds(30), Duration.ofSeconds(10))).isEqualTo(Duration.ofSeconds(20));
    assertThat(SlotLeases.patience(Duration.ofSeconds(5), Duration.ofSeconds(10))).isEqualTo(Duration.ofSeconds(20));
  }
}
