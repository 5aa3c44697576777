package io.vestibule.bench.line;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class BooksTest {
  private static final int CAPACITY = 2;
  private static final int WAITERS = 5;
  private static final long MS = 1_000_000;

  /** A full house of two, and waiters 0 to 4, of whom 4 stands first and 0 last. */
  private final Books books = fullHouse(List.of(5L, 4L, 3L, 2L, 1L));

  private static Books fullHouse(List<Long> positions) {
    Books books = new Books(CAPACITY, positions.size(), positions.size());
    IntStream.range(0, CAPACITY).forEach(i -> books.holderIn());
    IntStream.range(0, positions.size()).forEach(waiter -> assertThat(books.queued(waiter, positions.get(waiter))).isTrue());
    return books;
  }

  @Test
  void theKthWaiterHasTheKthSlot() {
    assertThat(books.lineUp()).isTrue();
    books.leaves(-1, 10 * MS);
    books.leaves(-1, 20 * MS);
    books.admitted(4, 15 * MS);
    books.admitted(3, 50 * MS);
    books.leaves(4, 60 * MS);
    books.admitted(2, 67 * MS);
    Books.Result result = books.result();
    assertThat(result.clean()).isTrue();
    assertThat(result.admitted()).isEqualTo(3);
    assertThat(result.latency().getMinValue()).isCloseTo(5 * MS, withinPercentage(1));
    assertThat(result.latency().getMaxValue()).isCloseTo(30 * MS, withinPercentage(1));
  }

  @Test
  void aLineWithOthersInItIsNoneToMeasure() {
    assertThat(fullHouse(List.of(1L, 2L, 4L)).lineUp()).isFalse();
    assertThat(fullHouse(List.of(1L, 2L, 2L)).lineUp()).isFalse();
    assertThat(fullHouse(List.of(2L, 1L, 3L)).lineUp()).isTrue();
  }

  @Test
  void whoIsLetInBeforeOthersIsOutOfOrder() {
    books.lineUp();
    books.leaves(-1, 0);
    books.admitted(3, MS);
    assertThat(books.result().outOfOrder()).isEqualTo(1);
    assertThat(books.result().lost()).isEqualTo(1);
    assertThat(books.result().beyond()).isZero();
    assertThat(books.result().clean()).isFalse();
  }

  @Test
  void twoSlotsThatWereFreedMayBeHeardOfInAnyOrder() {
    books.lineUp();
    books.leaves(-1, 0);
    books.leaves(-1, 0);
    books.admitted(3, MS);
    books.admitted(4, MS);
    assertThat(books.result().clean()).isTrue();
  }

  @Test
  void oneTooManyIsBeyondTheCapacityAndNotOutOfOrder() {
    books.lineUp();
    books.leaves(-1, 0);
    books.admitted(4, MS);
    books.admitted(3, MS);
    assertThat(books.result().beyond()).isEqualTo(1);
    assertThat(books.result().outOfOrder()).isZero();
    assertThat(books.result().lost()).isZero();
    assertThat(books.result().clean()).isFalse();
  }

  @Test
  void onceMoreIsTwiceAndNobodyIsLostSilently() {
    books.lineUp();
    books.leaves(-1, 0);
    books.leaves(-1, 0);
    assertThat(books.admitted(4, MS)).isTrue();
    assertThat(books.admitted(4, MS)).isFalse();
    assertThat(books.result().twice()).isEqualTo(1);
    assertThat(books.result().admitted()).isEqualTo(1);
    assertThat(books.result().lost()).isEqualTo(1);
  }

  @Test
  void whoIsToldToWaitAgainIsNotIn() {
    books.lineUp();
    books.leaves(-1, 0);
    books.admitted(4, MS);
    assertThat(books.queued(4, 1)).isFalse();
    assertThat(books.queued(3, 2)).isFalse();
    books.admitted(4, 2 * MS);
    assertThat(books.result().putBack()).isEqualTo(1);
    assertThat(books.result().twice()).isZero();
    assertThat(books.result().beyond()).isZero();
    assertThat(books.result().clean()).isFalse();
  }

  @Test
  void whatComesAfterTheEndDoesNotCount() {
    books.lineUp();
    books.close();
    books.admitted(0, MS);
    books.queued(0, 1);
    assertThat(books.result().clean()).isTrue();
    assertThat(books.result().admitted()).isZero();
  }

  /** Whoever frees and admits in turn, in order, is clean, however far the admissions lag behind. */
  @Property
  void aServerThatKeepsTheRulesIsClean(@ForAll("histories") List<Boolean> frees) {
    Books line = fullHouse(IntStream.rangeClosed(1, WAITERS).mapToObj(Long::valueOf).toList());
    line.lineUp();
    int freed = 0;
    int admitted = 0;
    for (boolean free : frees) {
      if (free && freed < WAITERS && freed - admitted < CAPACITY) {
        line.leaves(freed < CAPACITY ? -1 : freed - CAPACITY, freed++);
      } else if (!free && admitted < freed) {
        line.admitted(admitted++, 10);
      }
    }
    while (admitted < freed) {
      line.admitted(admitted++, 10);
    }
    assertThat(line.result().clean()).as("%s", line.result()).isTrue();
    assertThat(line.result().admitted()).isEqualTo(freed);
  }

  @Provide
  Arbitrary<List<Boolean>> histories() {
    return Arbitraries.of(true, false).list().ofMaxSize(30);
  }
}
