package io.vestibule.gateway.log.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RecentRunTest {
  private static final long EPOCH = 7;

  private final RecentRun<Long> run = new RecentRun<>(message -> 1, 1_000);

  private static Page<Long> page(long from, long to, long head) {
    List<Long> messages = LongStream.rangeClosed(from + 1, to).boxed().toList();
    return new Page<>(EPOCH, 0, from, from == 0, head, messages);
  }

  /** Whoever asks again and again would get what he has, for ever. */
  @Test
  void aPageFromEarlierOnThatEndsWhereSomebodyIsIsReadOnce() {
    run.read(page(50, 60, 100));
    assertThat(run.readAfter(EPOCH, 10)).as("he may not be the last").isZero();
    run.read(page(0, 10, 100));
    assertThat(run.readAfter(EPOCH, 10)).isEqualTo(10);
  }

  @Test
  void aPageThatBringsSomethingIsReadFromEarlierOnAgain() {
    run.read(page(50, 60, 100));
    assertThat(run.readAfter(EPOCH, 10)).isZero();
    run.read(page(0, 11, 100));
    assertThat(run.readAfter(EPOCH, 12)).isZero();
  }
}
