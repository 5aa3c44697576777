package io.vestibule.admission.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RisingLongsTest {

  @Property(tries = 60)
  void isASortedArray(@ForAll long seed, @ForAll @IntRange(min = 1, max = 5000) int length, @ForAll @IntRange(min = 0, max = 40) int gapBits) {
    var random = new Random(seed);
    var model = new ArrayList<Long>();
    var rising = new RisingLongs();
    long value = random.nextInt(1000);
    for (int i = 0; i < length; i++) {
      value += random.nextInt(4) == 0 ? random.nextLong() >>> 63 - gapBits : 0;
      model.add(value);
      rising.append(value);
    }
    long dropped = random.nextInt(length);
    rising.dropBefore(dropped);
    assertThat(rising.end()).isEqualTo(length);
    assertThat(rising.last()).isEqualTo(value);
    for (int i = (int) dropped; i < length; i++) {
      assertThat(rising.get(i)).isEqualTo(model.get(i));
    }
    long from = dropped / 1024 * 1024;
    for (int i = 0; i < 200; i++) {
      long wanted = model.get(random.nextInt(length)) + random.nextInt(3) - 1;
      long expected = from;
      while (expected < length && model.get((int) expected) < wanted) {
        expected++;
      }
      long found = rising.lowerBound(wanted);
      if (expected == from) {
        assertThat(found).isBetween(0L, from);
      } else {
        assertThat(found).isEqualTo(expected);
      }
    }
  }

  @Test
  void refusesToFall() {
    var rising = new RisingLongs();
    rising.append(5);
    rising.append(5);
    assertThatIllegalArgumentException().isThrownBy(() -> rising.append(4));
  }
}
