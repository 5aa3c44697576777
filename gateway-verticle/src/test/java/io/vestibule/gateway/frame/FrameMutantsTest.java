package io.vestibule.gateway.frame;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Good and bad frames, bent at random: {@value #TRIES} in the test command, a million by hand:
 *
 * <pre>
 * mvn -pl gateway-verticle -am test -Dtest=FrameMutantsTest -Dsurefire.failIfNoSpecifiedTests=false -Dvestibule.fuzz.tries=1000000
 * </pre>
 *
 * A failure names its seed; {@code -Dvestibule.fuzz.seed=} repeats it.
 */
class FrameMutantsTest {
  private static final int TRIES = 50_000;

  @Test
  void mutants() {
    long seed = Long.getLong("vestibule.fuzz.seed", System.nanoTime());
    int tries = Integer.getInteger("vestibule.fuzz.tries", TRIES);
    BentFrames bent = new BentFrames(new SplittableRandom(seed));
    FrameCheck check = new FrameCheck();
    int frames = 0;
    for (int i = 0; i < tries; i++) {
      byte[] mutant = bent.next();
      try {
        frames += check.check(mutant) ? 1 : 0;
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("-Dvestibule.fuzz.seed=" + seed + ", try " + i + ": " + new String(mutant, StandardCharsets.ISO_8859_1), e);
      }
    }
    assertThat(frames).as("some are still frames, or the mutations are too wild").isGreaterThan(tries / 100);
  }
}
