package io.vestibule.gateway.frame;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Good and bad frames, bent at random: what a random source gives them is what they are. */
public final class BentFrames {
  private static final String STRUCTURE = "{}[]\":,\\u0e-.\0\n\t /";
  private static final List<String> GOOD = List.of(
      "{\"type\":\"message\",\"topic\":\"a.b\",\"data\":{\"a\":[1,2.5e3,\"\\u00fc\\n\"]},\"eventType\":\"e\",\"metadata\":{\"senderId\":\"x\",\"k\":{}},"
          + "\"messageId\":\"m\",\"echo\":false,\"id\":\"i\"}",
      "{\"id\":17,\"type\":\"subscribe\",\"topic\":\"a.**\",\"presence\":true,\"recover\":{\"epoch\":\"e\",\"offset\":3}}",
      "{\"type\":\"auth\",\"token\":\"abc.def.ghi\",\"queue\":\"default\",\"device\":\"d\",\"id\":null}", "{\"type\":\"presence_update\",\"status\":\"busy\",\"data\":{\"a\":[1]}}", "{\"type\":\"refresh\",\"token\":\"😀\"}",
      "{\"type\":\"unsubscribe\",\"topic\":\"user.a\"}", "{\"type\":\"ping\",\"id\":1}", "{\"type\":\"leave\"}");

  private final SplittableRandom random;
  private final List<byte[]> seeds = new ArrayList<>();

  /** Frames that are made of what this source gives. */
  public BentFrames(SplittableRandom random) {
    this.random = random;
    GOOD.forEach(text -> seeds.add(text.getBytes(StandardCharsets.UTF_8)));
    // The longest of the corpus would only take the time of the others.
    BadFrames.bytes().filter(bytes -> bytes.length < 2_000).forEach(seeds::add);
  }

  /** One of them as it is: half of them are good. */
  public byte[] straight() {
    // The good ones stand first.
    return seeds.get(random.nextInt(random.nextBoolean() ? GOOD.size() : seeds.size())).clone();
  }

  /** The next one, bent once or a few times. */
  public byte[] next() {
    byte[] bytes = straight();
    for (int i = random.nextInt(4); i >= 0; i--) {
      bytes = mutateOnce(bytes);
    }
    return bytes;
  }

  private byte[] mutateOnce(byte[] bytes) {
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
