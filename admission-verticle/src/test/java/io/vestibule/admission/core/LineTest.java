package io.vestibule.admission.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class LineTest {
  private static final Map<String, Long> CREDITS = Map.of("gold", 60L, "silver", 20L, "brass", 20L, "iron", 0L);
  /** Of no class: the empty name, which the model puts before all others, as the line does. */
  private static final List<String> CLASSES = List.of("", "iron", "brass", "silver", "gold");

  @Property
  void isASortedList(@ForAll @Size(max = 120) List<@IntRange(min = 0, max = 1_000_000) Integer> history) {
    var line = new Line(CREDITS);
    var model = new LineModel(CREDITS);
    long now = 1000;
    long order = 1000;
    for (int step : history) {
      int what = step % 10;
      int which = step / 10 % 100;
      now += step / 1000 % 100 - 10;
      if (what < 5) {
        String userClass = CLASSES.get(which % CLASSES.size());
        order += 1 + which % 2;
        model.join(userClass, now, order, line.join(userClass, now, order));
      } else if (what == 5) {
        String userClass = CLASSES.get(which % CLASSES.size());
        long earlier = now - step / 1000 % 300;
        long old = step / 1000 % 900 * 2;
        boolean taken = model.places().stream().anyMatch(place -> place.userClass.equals(userClass) && place.order == old);
        if (!taken) {
          model.restore(userClass, earlier, old, line.restore(userClass, earlier, old));
        }
      } else if (!model.places().isEmpty()) {
        LineModel.Place place = model.places().get(which % model.places().size());
        if (what < 8) {
          model.cancel(place);
          line.cancel(place.ticket);
          line.cancel(place.ticket);
          assertThat(line.contains(place.ticket)).isFalse();
        } else {
          place.away = which % 3 != 0;
          line.setAway(place.ticket, place.away);
        }
      }
      assertSame(line, model);
    }
  }

  private static void assertSame(Line line, LineModel model) {
    List<LineModel.Place> live = model.live();
    assertThat(line.size()).isEqualTo(live.size());
    assertThat(line.away()).isEqualTo(model.places().size() - live.size());
    assertThat(line.first()).isEqualTo(live.isEmpty() ? Line.NONE : live.get(0).ticket);
    for (LineModel.Place place : model.places()) {
      assertThat(line.rank(place.ticket)).as("rank of %s in %s", place, model.places()).isEqualTo(model.rank(place));
      assertThat(line.next(place.ticket)).as("after %s in %s", place, model.places()).isEqualTo(model.next(place));
      assertThat(line.isAway(place.ticket)).isEqualTo(place.away);
      assertThat(line.joinedAtMs(place.ticket)).isEqualTo(place.joinedAtMs);
    }
  }

  /** Long histories, so that pages are packed, heads move and arrays are made anew; looked at in samples. */
  @Property(tries = 10)
  void isASortedListWithThousands(@ForAll long seed, @ForAll @IntRange(min = 1, max = 300) int meanGapMs,
      @ForAll @IntRange(min = 20, max = 60) int percentJoins) {
    var random = new Random(seed);
    var credits = random.nextBoolean() ? CREDITS : Map.<String, Long>of();
    var line = new Line(credits);
    var tickets = new ArrayList<Long>();
    var keys = new HashMap<Long, Long>();
    long now = 0;
    for (int i = 0; i < 40_000; i++) {
      now += random.nextInt(meanGapMs * 2);
      if (tickets.isEmpty() || i < 10_000 || random.nextInt(100) < percentJoins) {
        String userClass = CLASSES.get(random.nextInt(CLASSES.size()));
        long ticket = line.join(userClass, now, i);
        tickets.add(ticket);
        keys.put(ticket, (now - credits.getOrDefault(userClass, 0L)) * CLASSES.size() + (credits.isEmpty() ? 0 : CLASSES.indexOf(userClass)));
      } else {
        int at = random.nextInt(10) == 0 ? random.nextInt(tickets.size()) : 0;
        long ticket = at == 0 ? line.first() : tickets.get(at);
        line.cancel(ticket);
        tickets.remove(ticket);
        keys.remove(ticket);
      }
      if (i % 2000 == 0) {
        for (int sample = 0; sample < 20 && !tickets.isEmpty(); sample++) {
          long ticket = tickets.get(random.nextInt(tickets.size()));
          long rank = 1 + tickets.stream().filter(other -> keys.get(other) < keys.get(ticket)
              || keys.get(other).equals(keys.get(ticket)) && other < ticket).count();
          assertThat(line.rank(ticket)).isEqualTo(rank);
        }
      }
    }
    long walked = 0;
    for (long ticket = line.first(); ticket != Line.NONE; ticket = line.next(ticket)) {
      assertThat(line.rank(ticket)).isEqualTo(++walked);
    }
    assertThat(walked).isEqualTo(tickets.size()).isEqualTo(line.size());
  }

  /** Who waits and is never admitted, while thousands behind come and go, does not make the line keep all of those. */
  @Test
  void keepsWhatIsLeftOfTheOldestAside() {
    var line = new Line(Map.of());
    var old = new ArrayList<Long>();
    for (int i = 0; i < 500; i++) {
      old.add(line.join(null, i, i));
    }
    line.setAway(old.get(7), true);
    var recent = new ArrayList<Long>();
    for (int i = 500; i < 300_000; i++) {
      recent.add(line.join(null, i, i));
      if (recent.size() > 100) {
        line.cancel(recent.remove(0));
      }
    }
    assertThat(line.kept()).isLessThan(70_000);
    assertThat(line.size()).isEqualTo(599);
    assertThat(line.rank(old.get(3))).isEqualTo(4);
    assertThat(line.rank(old.get(10))).isEqualTo(10);
    line.setAway(old.get(7), false);
    assertThat(line.rank(old.get(10))).isEqualTo(11);
    assertThat(line.rank(recent.get(99))).isEqualTo(600);
    assertThat(line.next(old.get(499))).isEqualTo(recent.get(0));
    line.cancel(old.get(0));
    assertThat(line.first()).isEqualTo(old.get(1));
  }

  @Test
  void restoresManyInAnyOrder() {
    var line = new Line(Map.of());
    var numbers = new ArrayList<Integer>();
    for (int i = 0; i < 200_000; i++) {
      numbers.add(i);
    }
    Collections.shuffle(numbers, new Random(1));
    var tickets = new long[numbers.size()];
    for (int number : numbers) {
      tickets[number] = line.restore(null, number / 3, number);
    }
    for (int i = 0; i < tickets.length; i++) {
      assertThat(line.rank(tickets[i])).isEqualTo(i + 1);
    }
  }

  @Test
  void aPlaceThatIsNotThereHasNoRank() {
    var line = new Line(Map.of());
    long ticket = line.join(null, 5, 1);
    line.cancel(ticket);
    assertThatIllegalArgumentException().isThrownBy(() -> line.rank(ticket));
    assertThatIllegalArgumentException().isThrownBy(() -> line.next(Line.NONE));
    line.setAway(ticket, true);
    assertThat(line.away()).isZero();
    assertThat(line.first()).isEqualTo(Line.NONE);
  }
}
