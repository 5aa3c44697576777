package io.vestibule.bench.durable;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class CourseTest {
  private final Course course = new Course();

  @Test
  void inOrderNothingIsWrong() {
    accept(1, 2, 3);
    assertThat(course.last()).isEqualTo(3);
    assertThat(course.has(3)).isTrue();
    assertThat(course.has(4)).isFalse();
    assertThat(course.lost(3) + course.doubled() + course.reordered()).isZero();
  }

  @Test
  void whatNeverComesIsLostAlsoAtTheEnd() {
    accept(1, 4);
    assertThat(course.lost(6)).isEqualTo(4);
    assertThat(course.has(1)).isTrue();
    assertThat(course.has(4)).as("2 and 3 are missing").isFalse();
    assertThat(course.last()).as("what it says it has").isEqualTo(4);
  }

  @Test
  void whatComesLateIsReorderedAndNotLost() {
    accept(1, 3, 2);
    assertThat(course.lost(3)).isZero();
    assertThat(course.reordered()).isEqualTo(1);
    assertThat(course.has(3)).isTrue();
  }

  @Test
  void whatComesAgainIsDoubled() {
    accept(1, 2);
    assertThat(course.accept(2)).isFalse();
    accept(4, 3);
    assertThat(course.accept(3)).isFalse();
    assertThat(course.doubled()).isEqualTo(2);
  }

  @Test
  void whatLiesBeforeItsBeginningIsNotOwed() {
    course.beginAt(7);
    course.beginAt(-1);
    assertThat(course.has(7)).isTrue();
    accept(8);
    assertThat(course.lost(8)).isZero();
    assertThat(course.accept(7)).as("it had that already").isFalse();
  }

  /** Whatever happens on the way, the counts are those of the arrivals. */
  @Property
  void countsAreExact(@ForAll long seed, @ForAll @IntRange(min = 1, max = 300) int head) {
    Random random = new Random(seed);
    List<Long> arrivals = LongStream.rangeClosed(1, head).boxed().collect(Collectors.toList());
    arrivals.removeIf(offset -> random.nextInt(5) == 0);
    arrivals.addAll(arrivals.stream().filter(offset -> random.nextInt(5) == 0).toList());
    if (random.nextBoolean()) {
      Collections.shuffle(arrivals, random);
    }
    Course any = new Course();
    long high = 0;
    long late = 0;
    LinkedHashSet<Long> seen = new LinkedHashSet<>();
    for (long offset : arrivals) {
      boolean isNew = seen.add(offset);
      late += isNew && offset < high ? 1 : 0;
      high = Math.max(high, offset);
      assertThat(any.accept(offset)).isEqualTo(isNew);
    }
    assertThat(any.lost(head)).isEqualTo(head - seen.size());
    assertThat(any.doubled()).isEqualTo(arrivals.size() - seen.size());
    assertThat(any.reordered()).isEqualTo(late);
    assertThat(any.has(head)).isEqualTo(seen.size() == head);
  }

  private void accept(long... offsets) {
    LongStream.of(offsets).forEach(offset -> assertThat(course.accept(offset)).isTrue());
  }
}
