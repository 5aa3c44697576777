package io.vestibule.gateway;

import static io.vestibule.gateway.RawSocket.BINARY;
import static io.vestibule.gateway.RawSocket.CLOSE;
import static io.vestibule.gateway.RawSocket.CONTINUATION;
import static io.vestibule.gateway.RawSocket.FIN;
import static io.vestibule.gateway.RawSocket.PING;
import static io.vestibule.gateway.RawSocket.PONG;
import static io.vestibule.gateway.RawSocket.TEXT;
import static io.vestibule.gateway.RawSocket.frame;
import static io.vestibule.gateway.RawSocket.header;

import io.vestibule.gateway.frame.BentFrames;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What a client might send that has lost its mind: a few WebSocket frames of each kind, whole or in fragments, their text straight or bent, and some of their bytes bent too. What a random source
 * gives is what they are.
 */
final class BentStreams {
  private static final int MOST_FRAMES = 4;
  private static final int MOST_OF_A_CONTROL = 127;
  private static final int HEAD = 14;
  private static final int ONE_IN = 4;
  private static final int LARGE = 1 << 20;

  private final SplittableRandom random;
  private final BentFrames texts;

  BentStreams(SplittableRandom random) {
    this.random = random;
    this.texts = new BentFrames(random);
  }

  /** The bytes of a few frames. */
  byte[] next() {
    var stream = new ByteArrayOutputStream();
    for (int i = random.nextInt(MOST_FRAMES); i >= 0; i--) {
      byte[] frames = frames();
      stream.writeBytes(random.nextInt(ONE_IN) == 0 ? bent(frames) : frames);
    }
    return stream.toByteArray();
  }

  private byte[] frames() {
    byte[] text = random.nextBoolean() ? texts.straight() : texts.next();
    return switch (random.nextInt(12)) {
      case 0 -> frame(FIN | BINARY, text);
      case 1 -> control();
      case 2 -> random.nextInt(ONE_IN) == 0 ? frame(FIN | CLOSE, bytes(random.nextInt(8))) : control();
      case 3, 4, 5 -> fragments(text);
      default -> frame(FIN | TEXT, text);
    };
  }

  private byte[] control() {
    return frame(FIN | (random.nextBoolean() ? PING : PONG), bytes(random.nextInt(MOST_OF_A_CONTROL)));
  }

  private byte[] fragments(byte[] text) {
    var all = new ByteArrayOutputStream();
    int at = 0;
    int opcode = random.nextInt(ONE_IN) == 0 ? BINARY : TEXT;
    for (int more = random.nextInt(MOST_FRAMES); more > 0; more--) {
      int to = at + random.nextInt(text.length - at + 1);
      all.writeBytes(frame(opcode, Arrays.copyOfRange(text, at, to)));
      if (random.nextBoolean()) {
        all.writeBytes(control());
      }
      opcode = CONTINUATION;
      at = to;
    }
    all.writeBytes(frame(FIN | opcode, Arrays.copyOfRange(text, at, text.length)));
    return all.toByteArray();
  }

  private byte[] bent(byte[] bytes) {
    int at = random.nextInt(bytes.length);
    int to = at + random.nextInt(bytes.length - at);
    return switch (random.nextInt(8)) {
      case 0, 1 -> flipped(bytes, random.nextInt(Math.min(bytes.length, HEAD)));
      case 2 -> flipped(bytes, at);
      case 3 -> Arrays.copyOf(bytes, at);
      case 4 -> FramingIT.concat(Arrays.copyOf(bytes, at), Arrays.copyOfRange(bytes, to, bytes.length));
      case 5 -> FramingIT.concat(Arrays.copyOf(bytes, to), Arrays.copyOfRange(bytes, at, bytes.length));
      case 6 -> FramingIT.concat(FramingIT.concat(Arrays.copyOf(bytes, at), bytes(1 + random.nextInt(8))), Arrays.copyOfRange(bytes, at, bytes.length));
      default -> FramingIT.concat(header(bytes[0] & 0xFF, random.nextInt(8) > 0, random.nextLong() >>> random.nextInt(64)), Arrays.copyOfRange(bytes, 2, bytes.length));
    };
  }

  private static byte[] flipped(byte[] bytes, int at, int bit) {
    byte[] flipped = bytes.clone();
    flipped[at] ^= (byte) (1 << bit);
    return flipped;
  }

  private byte[] flipped(byte[] bytes, int at) {
    return flipped(bytes, at, random.nextInt(Byte.SIZE));
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  /** The stream in pieces, cut anywhere. */
  List<byte[]> cut(byte[] stream) {
    int[] cuts = random.ints(random.nextInt(5), 0, stream.length + 1).sorted().toArray();
    List<byte[]> pieces = new ArrayList<>();
    int at = 0;
    for (int cut : cuts) {
      pieces.add(Arrays.copyOfRange(stream, at, cut));
      at = cut;
    }
    pieces.add(Arrays.copyOfRange(stream, at, stream.length));
    return pieces;
  }

  /** The stream with as many bytes more as the frame needs that it ends in, so that what follows is read as a frame again by whoever reads on. */
  static byte[] completed(byte[] stream) {
    byte[] all = stream;
    for (int missing = walk(all).missing; missing > 0; missing = walk(all).missing) {
      all = Arrays.copyOf(all, all.length + missing);
    }
    return all;
  }

  /** Whether a close frame is in it, after which a peer may end without a word of its own. */
  static boolean saysClose(byte[] stream) {
    return walk(stream).close;
  }

  private record Walk(int missing, boolean close) {}

  /** Goes from header to header as far as anybody would (RFC 6455, section 5.2). */
  private static Walk walk(byte[] stream) {
    boolean close = false;
    int at = 0;
    while (at < stream.length) {
      if (at + 2 > stream.length) {
        return new Walk(at + 2 - stream.length, close);
      }
      int second = stream[at + 1] & 0xFF;
      int kind = second & 0x7F;
      int lengthBytes = kind == 127 ? Long.BYTES : kind == 126 ? Short.BYTES : 0;
      long end = at + 2L + lengthBytes + (second >= 0x80 ? 4 : 0);
      if (end > stream.length) {
        return new Walk((int) end - stream.length, close);
      }
      ByteBuffer header = ByteBuffer.wrap(stream, at + 2, lengthBytes);
      long length = kind == 127 ? header.getLong() : kind == 126 ? header.getShort() & 0xFFFF : kind;
      if (second < 0x80 || length < 0 || length > LARGE) {
        return new Walk(0, close);
      }
      close |= (stream[at] & 0xF) == CLOSE;
      end += length;
      if (end > stream.length) {
        return new Walk((int) end - stream.length, close);
      }
      at = (int) end;
    }
    return new Walk(0, close);
  }
}
