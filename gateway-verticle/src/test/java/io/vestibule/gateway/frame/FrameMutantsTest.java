package io.vestibule.gateway.frame;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
  private static final String STRUCTURE = "{}[]\":,\\u0e-.\0\n\t /";
  private static final List<String> GOOD = List.of(
      "{\"type\":\"message\",\"topic\":\"a.b\",\"data\":{\"a\":[1,2.5e3,\"\\u00fc\\n\"]},\"eventType\":\"e\",\"metadata\":{\"senderId\":\"x\",\"k\":{}},"
          + "\"messageId\":\"m\",\"echo\":false,\"id\":\"i\"}",
      "{\"id\":17,\"type\":\"subscribe\",\"topic\":\"a.**\",\"presence\":true,\"recover\":{\"epoch\":\"e\",\"offset\":3}}",
      "{\"type\":\"auth\",\"token\":\"abc.def.ghi\",\"queue\":\"default\",\"device\":\"d\",\"id\":null}", "{\"type\":\"presence_update\",\"status\":\"busy\",\"data\":{\"a\":[1]}}", "{\"type\":\"refresh\",\"token\":\"😀\"}",
      "{\"type\":\"unsubscribe\",\"topic\":\"user.a\"}", "{\"type\":\"ping\",\"id\":1}", "{\"type\":\"leave\"}");

  @Test
  void mutants() {
    long seed = Long.getLong("vestibule.fuzz.seed", System.nanoTime());
    int tries = Integer.getInteger("vestibule.fuzz.tries", TRIES);
    SplittableRandom random = new SplittableRandom(seed);
    FrameCheck check = new FrameCheck();
    List<byte[]> seeds = new ArrayList<>();
    GOOD.forEach(text -> seeds.add(text.getBytes(StandardCharsets.UTF_8)));
    // The longest of the corpus would only take the time of the others.
    BadFrames.bytes().filter(bytes -> bytes.length < 2_000).forEach(seeds::add);
    int frames = 0;
    for (int i = 0; i < tries; i++) {
      byte[] mutant = mutate(random, seeds);
      try {
        frames += check.check(mutant) ? 1 : 0;
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("-Dvestibule.fuzz.seed=" + seed + ", try " + i + ": " + new String(mutant, StandardCharsets.ISO_8859_1), e);
      }
    }
    assertThat(frames).as("some are still frames, or the mutations are too wild").isGreaterThan(tries / 100);
  }

  private static byte[] mutate(SplittableRandom random, List<byte[]> seeds) {
    // Half of them of the good ones, which stand first.
    byte[] bytes = seeds.get(random.nextInt(random.nextBoolean() ? GOOD.size() : seeds.size())).clone();
    for (int i = random.nextInt(4); i >= 0; i--) {
      bytes = mutateOnce(random, bytes, seeds);
    }
    return bytes;
  }

  private static byte[] mutateOnce(SplittableRandom random, byte[] bytes, List<byte[]> seeds) {
    int at = bytes.length == 0 ? 0 : random.nextInt(bytes.length);
    int to = bytes.length == 0 ? 0 : at + random.nextInt(bytes.length - at);
    return switch (random.nextInt(7)) {
      case 0 -> splice(bytes, at, new byte[] {(byte) random.nextInt(256)}, Math.min(at + 1, bytes.length));
      case 1 -> splice(bytes, at, new byte[] {(byte) STRUCTURE.charAt(random.nextInt(STRUCTURE.length()))}, at);
      case 2 -> splice(bytes, at, new byte[0], to);
      case 3 -> splice(bytes, at, Arrays.copyOfRange(bytes, at, to), at);
      case 4 -> splice(bytes, at, new byte[0], bytes.length);
      case 5 -> {
        byte[] other = seeds.get(random.nextInt(seeds.size()));
        int from = other.length == 0 ? 0 : random.nextInt(other.length);
        yield splice(bytes, at, Arrays.copyOfRange(other, from, other.length), to);
      }
      default -> splice(bytes, at, "\\ud800".getBytes(StandardCharsets.US_ASCII), at);
    };
  }

  /** The bytes with those from {@code from} to {@code to} replaced. */
  private static byte[] splice(byte[] bytes, int from, byte[] by, int to) {
    byte[] spliced = new byte[from + by.length + bytes.length - to];
    System.arraycopy(bytes, 0, spliced, 0, from);
    System.arraycopy(by, 0, spliced, from, by.length);
    System.arraycopy(bytes, to, spliced, from + by.length, bytes.length - to);
    return spliced;
  }
}
