package io.vestibule.gateway.log.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReturnsTest {
  /** Epochs that began empty, and are no topic's first. */
  private static final long BEFORE = 5;
  private static final long NOW = 9;

  private static final class Coming extends Return {
    Coming(long epoch, long offset) {
      super(epoch, offset);
    }

    /** From now on. */
    Coming() {
      super();
    }
  }

  private final Tail<Long> tail = new Tail<>(NOW, 0, 0);
  private final ToldWay<Coming> way = new ToldWay<>(Epoch.ofNothing(1), new Page<>(NOW, 0, 0, true, 0, List.of()));
  private final List<String> told = way.told;
  private final Returns<Coming, Long> returns = new Returns<>(tail, way);

  private static Page<Long> page(long epoch, long head) {
    return new Page<>(epoch, 0, head, false, head, List.of());
  }

  @Test
  void whoKnowsMoreThanTheTailBeginsThere() {
    Coming who = new Coming();
    who.knows(NOW, 2);
    assertThat(returns.step(who, null, 10)).isEqualTo(Returns.Step.WAITS);
    assertThat(told).containsExactly("begun at 9:2 null", "known 2");
    assertThat(returns.end(who)).isEqualTo(2);
  }

  @Test
  void whoKnowsAnotherEpochHasItReadWhichOfTheTwoIsOver() {
    Coming who = new Coming();
    who.knows(BEFORE, 4);
    assertThat(returns.step(who, null, 10)).isEqualTo(Returns.Step.HUNGRY);
    assertThat(returns.step(who, page(BEFORE, 4), 10)).as("that of the tail, as it seems").isEqualTo(Returns.Step.WAITS);
    assertThat(told).containsExactly("doubt " + BEFORE);
    assertThat(returns.step(who, page(NOW, 0), 10)).as("a read that may have begun before").isEqualTo(Returns.Step.HUNGRY);
    assertThat(returns.step(who, null, 10)).as("nothing was read").isEqualTo(Returns.Step.HUNGRY);
    assertThat(returns.step(who, page(NOW, 0), 10)).isEqualTo(Returns.Step.OVER);
    assertThat(told).containsExactly("doubt " + BEFORE, "begun at 9:0 null", "live");
  }

  @Test
  void whoKnowsWhatTheTailBeganInIsToldOfTheEpochAfterThat() {
    Tail<Long> later = new Tail<>(0);
    Coming who = new Coming();
    who.knows(BEFORE, 4);
    Returns<Coming, Long> others = new Returns<>(later, way);
    assertThat(others.step(who, null, 10)).isEqualTo(Returns.Step.WAITS);
    Tail.Out<Long> out = new Tail.Out<>() {
      @Override
      public void begun() {
        others.begun(who);
      }

      @Override
      public void deliver(Long message) {
        told.add("to others " + message);
      }

      @Override
      public void gap(long fromEpoch, long from, long toEpoch, long to) {
        told.add("gap for others");
      }
    };
    later.begin(BEFORE, 3, 0, out);
    later.hear(NOW, 1, 1L, 0, out);
    others.step(who, null, 10);
    assertThat(told).containsExactly("gap for others", "to others 1", "begun at 5:4 null", "gap from 5:4 to 9:0");
  }

  @Test
  void whatItWasToldLastIsOfTheEpochBeforeTheGapAsLongAsThatIsOwed() {
    assertThat(Epoch.beganEmpty(NOW)).isTrue();
    Coming who = new Coming(BEFORE, 4);
    who.hold(true);
    assertThat(returns.step(who, null, 10)).isEqualTo(Returns.Step.WAITS);
    assertThat(told).containsExactly("begun at 9:0 false");
    assertThat(who.toldEpoch()).isEqualTo(BEFORE);
    who.hold(false);
    assertThat(returns.step(who, null, 10)).isEqualTo(Returns.Step.OVER);
    assertThat(told).containsExactly("begun at 9:0 false", "gap from 5:4 to 9:0", "live");
    assertThat(who.toldEpoch()).isEqualTo(NOW);
  }
}
