package io.vestibule.gateway.log.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Those who come back to a topic that they may have from a place on only. */
class BindingsTest {
  /** Epochs that began empty: the first of its topic, and two that are not. */
  private static final long FIRST = 1;
  private static final long BEFORE = 7;
  private static final long NOW = 11;
  private static final long NOTHING = Epoch.ofNothing(1);

  private static final class Coming extends Return {
    Coming(long epoch, long offset) {
      super(epoch, offset);
    }

    Coming boundBy(long epoch, long offset) {
      bind(epoch, offset);
      return this;
    }
  }

  private final ToldWay<Coming> way = new ToldWay<>(NOTHING, null);
  private final List<String> told = way.told;
  private Tail<Long> tail = new Tail<>(NOW, 5, 0);

  private Returns.Step step(Coming who, Page<Long> read) {
    return new Returns<>(tail, way).step(who, read, 100);
  }

  private Page<Long> log(long epoch, long to) {
    return new Page<>(epoch, 0, 0, true, to, LongStream.rangeClosed(1, to).boxed().toList());
  }

  @Test
  void fromBeforeItsPlaceThereIsAGap() {
    assertThat(step(new Coming(NOW, 1).boundBy(NOW, 3), log(NOW, 5))).isEqualTo(Returns.Step.OVER);
    assertThat(told).containsExactly("begun at 11:5 false", "gap from 11:1 to 11:3", "4", "5", "live");
  }

  @Test
  void fromItsPlaceOnNothingIsMissing() {
    step(new Coming(NOW, 3).boundBy(NOW, 3), log(NOW, 5));
    assertThat(told).containsExactly("begun at 11:5 true", "4", "5", "live");
  }

  @Test
  void aPlaceInAnotherEpochIsBeforeIts() {
    step(new Coming(BEFORE, 9).boundBy(NOW, 3), log(NOW, 5));
    assertThat(told).containsExactly("begun at 11:5 false", "gap from 7:9 to 11:3", "4", "5", "live");
  }

  @Test
  void whatCameAfterItsPlaceInAnotherEpochNobodyCanTellAndAnewReadSaysThatTheTailIsNotLate() {
    Coming who = new Coming(NOW, 1).boundBy(BEFORE, 3);
    assertThat(step(who, null)).isEqualTo(Returns.Step.HUNGRY);
    assertThat(step(who, log(NOW, 5))).as("it may have been under way").isEqualTo(Returns.Step.HUNGRY);
    assertThat(step(who, log(NOW, 5))).isEqualTo(Returns.Step.OVER);
    assertThat(told).containsExactly("bound by 11:5", "begun at 11:5 false", "gap from 11:1 to 11:5", "live");
  }

  @Test
  void aLateTailIsWaitedFor() {
    Coming who = new Coming(NOW, 1).boundBy(BEFORE, 3);
    step(who, log(NOW, 5));
    assertThat(step(who, log(BEFORE, 9))).isEqualTo(Returns.Step.WAITS);
    assertThat(told).containsExactly("doubt 7");
    tail = new Tail<>(BEFORE, 4, 0);
    step(who, log(BEFORE, 9));
    assertThat(told).containsExactly("doubt 7", "begun at 7:4 false", "gap from 11:1 to 7:3", "4", "live");
  }

  @Test
  void whoWantsNothingOfWhatWasWaitsForItsPlaceToo() {
    Coming who = new Coming(0, 0).boundBy(NOW, 7);
    step(who, log(NOW, 8));
    assertThat(step(who, log(NOW, 8))).isEqualTo(Returns.Step.WAITS);
    assertThat(told).containsExactly("begun at 11:7 null");
    tail = new Tail<>(NOW, 8, 0);
    step(who, log(NOW, 8));
    assertThat(told).containsExactly("begun at 11:7 null", "8", "live");
  }

  @Test
  void ofALogThatWasRestoredFromThePastItGetsWhatComesNow() {
    for (Coming who : List.of(new Coming(0, 0), new Coming(NOW, 7))) {
      told.clear();
      who.bind(NOW, 7);
      step(who, log(NOW, 5));
      step(who, log(NOW, 5));
      assertThat(told).contains("bound by 11:5", "live").noneMatch(word -> word.endsWith("11:7"));
    }
  }

  @Test
  void allOfTheFirstLogCameSinceThereWasNone() {
    tail = new Tail<>(FIRST, 2, 0);
    step(new Coming(NOTHING, 0).boundBy(NOTHING, 0), log(FIRST, 2));
    assertThat(told).containsExactly("bound by 1:0", "begun at 1:2 true", "1", "2", "live");
  }

  @Test
  void whereItIsToBeFoundItIsTheTails() {
    step(new Coming(0, 0).boundBy(Return.NO_EPOCH, 0), null);
    step(new Coming(NOW, 1).boundBy(Return.NO_EPOCH, 0), log(NOW, 5));
    assertThat(told).containsExactly("bound by 11:5", "begun at 11:5 null", "live", "bound by 11:5", "begun at 11:5 false", "gap from 11:1 to 11:5", "live");
  }

  @Test
  void anEpochThatEndsOnTheWayBringsWhatEverybodyGets() {
    tail = new Tail<>(BEFORE, 5, 0);
    Coming who = new Coming(BEFORE, 3).boundBy(BEFORE, 3);
    who.hold(true);
    assertThat(step(who, log(BEFORE, 5))).isEqualTo(Returns.Step.WAITS);
    who.hold(false);
    tail = new Tail<>(NOW, 2, 0);
    step(who, log(NOW, 2));
    assertThat(told).containsExactly("begun at 7:5 true", "bound by 11:2", "gap from 7:3 to 11:2", "live");
  }

  @Test
  void whoGoesOnAsItWasIsToldNoGap() {
    Coming who = new Coming(NOW, 1);
    who.insteadOf(tail);
    who.bind(NOW, 3);
    assertThat(who.goBack()).isTrue();
    step(who, null);
    assertThat(told).containsExactly("live");
  }
}
