package io.vestibule.gateway.members.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.gateway.members.core.View.Turn;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ViewTest {
  private final View view = new View();

  private static Word in(long atMs) {
    return new Word(true, atMs, atMs, 7, 3);
  }

  private static Word out(long atMs) {
    return new Word(false, atMs, 1, 0, 0);
  }

  @Test
  void nothingIsKnownBeforeItWasRead() {
    assertThat(view.hear("a", in(1))).isEmpty();
    assertThat(view.isKnown()).isFalse();
    assertThat(view.member("a")).isNull();
    assertThat(view.topics()).isEmpty();
    view.begin();
    assertThat(view.read(Map.of("b", in(1), "c", out(2)))).as("who waits for it looks at all of it").isEmpty();
    assertThat(view.isKnown()).isTrue();
    assertThat(view.topics()).containsExactly("b");
    assertThat(view.member("b")).isEqualTo(in(1));
    assertThat(view.member("c")).isNull();
  }

  @Test
  void whatIsToldWhileItIsReadCountsWhereItIsLater() {
    view.begin();
    view.hear("a", out(5));
    view.hear("b", in(5));
    view.hear("c", out(1));
    view.read(Map.of("a", in(4), "c", in(2)));
    assertThat(view.topics()).containsExactlyInAnyOrder("b", "c");
  }

  @Test
  void anOldWordChangesNothing() {
    view.begin();
    view.read(Map.of("a", in(5)));
    assertThat(view.hear("a", out(4))).isEmpty();
    assertThat(view.hear("a", out(6))).containsExactly(new Turn("a", false));
    assertThat(view.hear("a", in(5))).as("it comes late").isEmpty();
    assertThat(view.topics()).isEmpty();
  }

  @Test
  void whatWasNotToldIsFoundWhenItIsReadAgain() {
    view.begin();
    view.read(Map.of("a", in(1), "b", in(1)));
    view.begin();
    assertThat(view.read(Map.of("b", in(1), "c", in(2)))).containsExactlyInAnyOrder(new Turn("a", false), new Turn("c", true));
  }

  /** However readings and notices overlap and are reordered, in the end it has what the store has. */
  @Property(tries = 300)
  void becomesWhatTheStoreHas(@ForAll long seed) {
    Random random = new Random(seed);
    Map<String, Word> store = new HashMap<>();
    Map<String, Word> onItsWay = new HashMap<>();
    Map<String, Word> reading = null;
    for (int step = 1; step < 60; step++) {
      String topic = "t" + random.nextInt(3);
      switch (random.nextInt(4)) {
        case 0 -> {
          store.put(topic, random.nextBoolean() ? in(step) : out(step));
          onItsWay.put(topic, store.get(topic));
        }
        case 1 -> {
          if (onItsWay.containsKey(topic)) {
            view.hear(topic, onItsWay.remove(topic));
          }
        }
        case 2 -> {
          if (reading == null) {
            view.begin();
            reading = new HashMap<>(store);
          }
        }
        default -> {
          if (reading != null) {
            view.read(reading);
            reading = null;
          }
        }
      }
    }
    if (reading == null) {
      view.begin();
      reading = new HashMap<>(store);
    }
    view.read(reading);
    onItsWay.forEach(view::hear);
    assertThat(view.topics()).containsExactlyInAnyOrderElementsOf(store.entrySet().stream().filter(entry -> entry.getValue().member()).map(Map.Entry::getKey).toList());
    assertThat(List.copyOf(view.topics())).allSatisfy(topic -> assertThat(view.member(topic)).isEqualTo(store.get(topic)));
  }
}
