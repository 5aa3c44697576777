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
  }

  private final List<String> told = new ArrayList<>();
  private final Tail<Long> tail = new Tail<>(NOW, 0, 0);
  private final Returns<Coming, Long> returns = new Returns<>(tail, new Returns.Way<>() {
    @Override
    public boolean hasRoom(Coming who) {
      return true;
    }

    @Override
    public void begun(Coming who, long epoch, long offset, Boolean recovered) {
      told.add("begun " + recovered);
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
    public void live(Coming who) {
      told.add("live");
    }

    @Override
    public Page<Long> recent(long epoch, long offset) {
      return new Page<>(NOW, 0, 0, true, 0, List.of());
    }

    @Override
    public void doubt(Page<Long> page) {
      throw new AssertionError("nothing is to be doubted");
    }

    @Override
    public long nothing() {
      return Epoch.ofNothing(1);
    }
  });

  @Test
  void whatItWasToldLastIsOfTheEpochBeforeTheGapAsLongAsThatIsOwed() {
    assertThat(Epoch.beganEmpty(NOW)).isTrue();
    Coming who = new Coming(BEFORE, 4);
    who.hold(true);
    assertThat(returns.step(who, null, 10)).isEqualTo(Returns.Step.WAITS);
    assertThat(told).containsExactly("begun false");
    assertThat(who.toldEpoch()).isEqualTo(BEFORE);
    who.hold(false);
    assertThat(returns.step(who, null, 10)).isEqualTo(Returns.Step.OVER);
    assertThat(told).containsExactly("begun false", "gap to " + NOW + ":0", "live");
    assertThat(who.toldEpoch()).isEqualTo(NOW);
  }
}
