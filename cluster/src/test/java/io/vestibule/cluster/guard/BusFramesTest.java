package io.vestibule.cluster.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Against a plain model that reads a whole message at once. */
class BusFramesTest {

  @Property(tries = 1000)
  void whatANodeSendsPassesHoweverItIsCut(@ForAll long seed) {
    Random random = new Random(seed);
    Buffer stream = Buffer.buffer();
    for (int i = 0; i < 4; i++) {
      stream.appendBuffer(message(random));
    }
    assertThat(passes(stream.getBytes(), random)).isTrue();
  }

  /** Most of these are wrong in one place; the model knows which. */
  @Property(tries = 20_000)
  void whatIsChangedPassesOnlyIfItIsStillWellFormed(@ForAll long seed) {
    Random random = new Random(seed);
    byte[] message = message(random).getBytes();
    int changes = 1 + random.nextInt(3);
    for (int i = 0; i < changes; i++) {
      int at = 4 + random.nextInt(message.length - 4);
      message[at] = random.nextBoolean() ? (byte) random.nextInt(256) : (byte) (message[at] + random.nextInt(5) - 2);
    }
    assertThat(passes(message, random)).isEqualTo(isWellFormed(ByteBuffer.wrap(message)));
  }

  @Property(tries = 5000)
  void noiseNeitherHangsNorFailsInAnotherWay(@ForAll byte[] noise, @ForAll long seed) {
    passes(noise, new Random(seed));
  }

  @Test
  void aMessageAboveTheLimitIsRefusedAtItsFirstFourBytes() {
    assertThatThrownBy(() -> new BusFrames().check(Unpooled.buffer().writeInt(BusFrames.LONGEST + 1)))
        .isInstanceOf(CorruptFrameException.class).hasMessage("length " + (BusFrames.LONGEST + 1));
    new BusFrames().check(Unpooled.buffer().writeInt(BusFrames.LONGEST));
    for (int length : new int[] {0, -1, Integer.MIN_VALUE}) {
      assertThatThrownBy(() -> new BusFrames().check(Unpooled.buffer().writeInt(length)))
          .isInstanceOf(CorruptFrameException.class);
    }
  }

  @Test
  void theReadersPlaceInTheBufferStays() {
    ByteBuf bytes = Unpooled.copiedBuffer(message(new Random(1)).getBytes());
    bytes.skipBytes(0);
    new BusFrames().check(bytes);
    assertThat(bytes.readerIndex()).isZero();
  }

  private static boolean passes(byte[] stream, Random random) {
    BusFrames frames = new BusFrames();
    try {
      for (int at = 0; at < stream.length; ) {
        int length = Math.min(stream.length - at, 1 + random.nextInt(random.nextBoolean() ? 3 : 200));
        frames.check(Unpooled.wrappedBuffer(stream, at, length));
        at += length;
      }
      return true;
    } catch (CorruptFrameException refused) {
      return false;
    }
  }

  private static Buffer message(Random random) {
    int codec = random.nextInt(17) - 1;
    Buffer message = Buffer.buffer().appendByte((byte) random.nextInt(3)).appendByte((byte) codec);
    if (codec == -1) {
      text(message, random);
    }
    message.appendByte((byte) random.nextInt(2));
    for (int i = 0; i < 3; i++) {
      text(message, random);
    }
    if (random.nextBoolean()) {
      message.appendInt(4);
    } else {
      Buffer headers = Buffer.buffer();
      int count = random.nextInt(3);
      for (int i = 0; i < 2 * count; i++) {
        text(headers, random);
      }
      message.appendInt(8 + headers.length()).appendInt(count).appendBuffer(headers);
    }
    body(message, codec, random);
    return Buffer.buffer().appendInt(message.length()).appendBuffer(message);
  }

  private static void body(Buffer message, int codec, Random random) {
    if (codec == 9 || codec >= 11 && codec <= 14) {
      text(message, random);
    } else if (codec == 15) {
      boolean said = random.nextBoolean();
      message.appendByte((byte) 2).appendInt(random.nextInt()).appendByte((byte) (said ? 1 : 0));
      if (said) {
        text(message, random);
      }
    } else {
      message.appendBytes(new byte[random.nextInt(9)]);
    }
  }

  private static void text(Buffer message, Random random) {
    byte[] text = new byte[random.nextInt(12)];
    random.nextBytes(text);
    message.appendInt(text.length).appendBytes(text);
  }

  /** The same rules on one whole message, the short way. */
  private static boolean isWellFormed(ByteBuffer in) {
    List<Boolean> checks = new ArrayList<>();
    try {
      in.getInt();
      int version = in.get();
      int codec = in.get();
      checks.add(version >= 0 && version <= 2 && codec >= -1 && codec <= 15);
      if (codec == -1) {
        skipText(in);
      }
      in.get();
      for (int i = 0; i < 3; i++) {
        skipText(in);
      }
      int headers = in.getInt();
      if (headers != 4) {
        int end = in.position() - 4 + headers;
        int count = in.getInt();
        checks.add(count >= 0);
        for (int i = 0; i < 2L * count; i++) {
          skipText(in);
        }
        checks.add(in.position() == end);
      }
      if (codec == 9 || codec >= 11 && codec <= 14) {
        skipText(in);
        checks.add(!in.hasRemaining());
      } else if (codec == 15) {
        in.get();
        in.getInt();
        if (in.get() != 0) {
          skipText(in);
          checks.add(!in.hasRemaining());
        }
      }
      return !checks.contains(false);
    } catch (java.nio.BufferUnderflowException | IllegalArgumentException corrupt) {
      return false;
    }
  }

  private static void skipText(ByteBuffer in) {
    int length = in.getInt();
    if (length < 0) {
      throw new IllegalArgumentException();
    }
    in.position(in.position() + length);
  }
}
