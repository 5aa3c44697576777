package io.vestibule.bench.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class FrameParserTest {
  private static final ByteBufAllocator HEAP = UnpooledByteBufAllocator.DEFAULT;

  /** Whatever the lengths of the frames and wherever the reads cut them, the same texts come out. */
  @Property(tries = 200)
  void readsMayCutFramesAnywhere(@ForAll @Size(max = 8) List<@IntRange(max = 70_000) Integer> lengths, @ForAll @IntRange(min = 1, max = 9000) int cut) {
    ByteBuf wire = Unpooled.buffer();
    List<String> sent = new ArrayList<>();
    for (int length : lengths) {
      String text = "t".repeat(length);
      sent.add(text);
      writeServerFrame(wire, 1, text.getBytes(StandardCharsets.UTF_8));
    }
    Seen seen = new Seen();
    FrameParser parser = new FrameParser();
    while (wire.isReadable()) {
      parser.feed(wire.readBytes(Math.min(cut, wire.readableBytes())), HEAP, seen);
    }
    assertThat(seen.texts).isEqualTo(sent);
    parser.release();
  }

  @Test
  void controlFramesAreTold() {
    ByteBuf wire = Unpooled.buffer();
    writeServerFrame(wire, 9, "hi".getBytes(StandardCharsets.UTF_8));
    writeServerFrame(wire, 8, new byte[] {0x0F, (byte) 0xA8, 's'});
    writeServerFrame(wire, 8, new byte[0]);
    Seen seen = new Seen();
    new FrameParser().feed(wire, HEAP, seen);
    assertThat(seen.texts).containsExactly("ping hi", "close 4008 s", "close 1005 ");
  }

  @Test
  void aServerMustNotMaskNorFragment() {
    assertThatThrownBy(() -> feed(0x81, 0x80)).hasMessage("masked server frame");
    assertThatThrownBy(() -> feed(0x01, 0x00)).hasMessage("fragmented or extended frame");
    assertThatThrownBy(() -> feed(0xC1, 0x00)).hasMessage("fragmented or extended frame");
    assertThatThrownBy(() -> feed(0x81, 127, 0x7F, 0, 0, 0, 0, 0, 0, 0)).hasMessage("frame too large");
  }

  @Test
  void clientFramesAreMaskedAndReadBack() {
    for (int length : new int[] {0, 1, 125, 126, 65_535, 65_536}) {
      byte[] payload = "p".repeat(length).getBytes(StandardCharsets.UTF_8);
      ByteBuf frame = ClientFrames.text(HEAP, payload, 0x12345678);
      int header = length < 126 ? 2 : length < 65_536 ? 4 : 10;
      assertThat(frame.getUnsignedByte(1) & 0x80).isEqualTo(0x80);
      assertThat(frame.readableBytes()).isEqualTo(header + 4 + length);
      for (int i = 0; i < length; i++) {
        int mask = frame.getUnsignedByte(header + i % 4);
        assertThat(frame.getByte(header + 4 + i) ^ mask).isEqualTo('p');
      }
      frame.release();
    }
  }

  private static void feed(int... bytes) {
    ByteBuf wire = Unpooled.buffer();
    for (int b : bytes) {
      wire.writeByte(b);
    }
    new FrameParser().feed(wire, HEAP, new Seen());
  }

  private static void writeServerFrame(ByteBuf wire, int opcode, byte[] payload) {
    wire.writeByte(0x80 | opcode);
    if (payload.length < 126) {
      wire.writeByte(payload.length);
    } else if (payload.length < 65_536) {
      wire.writeByte(126).writeShort(payload.length);
    } else {
      wire.writeByte(127).writeLong(payload.length);
    }
    wire.writeBytes(payload);
  }

  private static final class Seen implements FrameParser.Sink {
    final List<String> texts = new ArrayList<>();

    @Override
    public void text(ByteBuf bytes, int from, int to) {
      texts.add(bytes.toString(from, to - from, StandardCharsets.UTF_8));
    }

    @Override
    public void ping(ByteBuf bytes, int from, int to) {
      texts.add("ping " + bytes.toString(from, to - from, StandardCharsets.UTF_8));
    }

    @Override
    public void close(int code, String reason) {
      texts.add("close " + code + " " + reason);
    }
  }
}
