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

  private final List<String> told = new ArrayList<>();
  private final Tail<Long> tail = new Tail<>(NOW, 0, 0);
  private final Returns.Way<Coming, Long> way = new Returns.Way<>() {
    @Override
    public boolean hasRoom(Coming who) {
      return true;
    }

    @Override
    public void begun(Coming who, long epoch, long offset, Boolean recovered) {
      told.add("begun " + recovered + " at " + offset);
    }

    @Override
    public void deliver(Coming who, Long message) {
      told.add("message " + message);
    }

    @Override
    public void gap(Coming who, long fromEpoch, long from, long toEpoch, long to) {
      told.add("gap to " + toEpoch + ':' + to);
    }

    @Override
    public void bound(Coming who, long epoch, long offset) {
      told.add("bound by " + epoch + ':' + offset);
    }

    @Override
    public void live(Coming who) {
      told.add("live");
    }

    @Override
    public Page<Long> recent(long epoch, long offset) {
      return new Page<>(NOW, 0, 0, true, 0, List.of());
    }

    @Override
    public void doubt(Page<Long> page) {
      told.add("doubt " + page.epoch());
    }

    @Override
    public void known(long epoch, long offset) {
      told.add("known " + offset);
    }

    @Override
    public long nothing() {
      return Epoch.ofNothing(1);
    }
  };
  private final Returns<Coming, Long> returns = new Returns<>(tail, way);

  private static Page<Long> page(long epoch, long head) {
    return new Page<>(epoch, 0, head, false, head, List.of());
  }

  @Test
  void whoKnowsMoreThanTheTailBeginsThere() {
    Coming who = new Coming();
    who.knows(NOW, 2);
    assertThat(returns.step(who, null, 10)).isEqualTo(Returns.Step.WAITS);
    assertThat(told).containsExactly("begun null at 2", "known 2");
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
    assertThat(told).containsExactly("doubt " + BEFORE, "begun null at 0", "live");
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
    assertThat(told).containsExactly("gap for others", "to others 1", "begun null at 4", "gap to " + NOW + ":0");
  }

  @Test
  void whatItWasToldLastIsOfTheEpochBeforeTheGapAsLongAsThatIsOwed() {
    assertThat(Epoch.beganEmpty(NOW)).isTrue();
    Coming who = new Coming(BEFORE, 4);
    who.hold(true);
    assertThat(returns.step(who, null, 10)).isEqualTo(Returns.Step.WAITS);
    assertThat(told).containsExactly("begun false at 0");
    assertThat(who.toldEpoch()).isEqualTo(BEFORE);
    who.hold(false);
    assertThat(returns.step(who, null, 10)).isEqualTo(Returns.Step.OVER);
    assertThat(told).containsExactly("begun false at 0", "gap to " + NOW + ":0", "live");
    assertThat(who.toldEpoch()).isEqualTo(NOW);
  }
}
