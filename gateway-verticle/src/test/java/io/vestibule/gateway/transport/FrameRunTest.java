package io.vestibule.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Sockets that share runs of frames get the bytes that they would get alone, and nothing is left in the end. */
class FrameRunTest {
  private static final int SOCKETS = 5;

  private final UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(true, true);
  private final ByteBufAllocator allocator = memory;

  /** A message goes to some sockets; some flush; one goes away. */
  private record Step(int length, List<Boolean> receivers, List<Boolean> flushing, int gone) {}

  /** What a socket waits for, in both ways of keeping it. */
  private static final class Socket {
    private FrameRun run;
    private final List<String> expected = new ArrayList<>();

    void send(OutboundFrame frame, String text) {
      run = run == null ? FrameRun.of(frame) : run.then(frame);
      expected.add(text);
    }
  }

  @Provide
  Arbitrary<List<Step>> histories() {
    Arbitrary<List<Boolean>> some = Arbitraries.of(true, false).list().ofSize(SOCKETS);
    return Combinators.combine(Arbitraries.of(0, 1, 125, 126, 500, 65_535, 65_536), some, some, Arbitraries.integers().between(-8, SOCKETS - 1))
        .as(Step::new).list().ofMaxSize(30);
  }

  @Property
  void everySocketGetsItsFramesInOrder(@ForAll("histories") List<Step> history) {
    List<Socket> sockets = new ArrayList<>();
    for (int i = 0; i < SOCKETS; i++) {
      sockets.add(new Socket());
    }
    int number = 0;
    for (Step step : history) {
      String text = String.valueOf((char) ('a' + number++ % 26)).repeat(step.length);
      OutboundFrame frame = new OutboundFrame(Buffer.buffer(text));
      for (int i = 0; i < SOCKETS; i++) {
        if (step.receivers.get(i)) {
          sockets.get(i).send(frame, text);
        }
      }
      frame.release();
      for (int i = 0; i < SOCKETS; i++) {
        if (step.flushing.get(i)) {
          flush(sockets.get(i));
        }
      }
      if (step.gone >= 0 && sockets.get(step.gone).run != null) {
        sockets.get(step.gone).run.release();
        sockets.set(step.gone, new Socket());
      }
    }
    sockets.forEach(this::flush);
    assertThat(memory.metric().usedDirectMemory()).as("bytes that nobody gave back").isZero();
  }

  private void flush(Socket socket) {
    if (socket.run == null) {
      return;
    }
    int announced = socket.run.bytes();
    ByteBuf bytes = socket.run.take(allocator);
    socket.run = null;
    assertThat(bytes.readableBytes()).isEqualTo(announced);
    for (String text : socket.expected) {
      assertThat(payload(bytes)).isEqualTo(text);
    }
    assertThat(bytes.isReadable()).isFalse();
    bytes.release();
    socket.expected.clear();
  }

  /** Reads one whole unmasked text frame (RFC 6455, section 5.2). */
  private static String payload(ByteBuf bytes) {
    assertThat(bytes.readUnsignedByte()).isEqualTo((short) 0x81);
    int length = bytes.readUnsignedByte();
    if (length == 126) {
      length = bytes.readUnsignedShort();
      assertThat(length).isGreaterThan(125);
    } else if (length == 127) {
      length = (int) bytes.readLong();
      assertThat(length).isGreaterThan(65_535);
    }
    return bytes.readCharSequence(length, java.nio.charset.StandardCharsets.UTF_8).toString();
  }

  @Example
  void socketsThatWaitForTheSameShareTheBytes() {
    OutboundFrame one = new OutboundFrame(Buffer.buffer("one"));
    OutboundFrame two = new OutboundFrame(Buffer.buffer("two"));
    FrameRun first = FrameRun.of(one).then(two);
    FrameRun second = FrameRun.of(one).then(two);
    assertThat(second).isSameAs(first);
    ByteBuf mine = first.take(allocator);
    ByteBuf theirs = second.take(allocator);
    assertThat(mine.memoryAddress()).isEqualTo(theirs.memoryAddress());
    one.release();
    two.release();
    mine.release();
    assertThat(theirs.readableBytes()).isEqualTo(10);
    theirs.release();
    assertThat(memory.metric().usedDirectMemory()).isZero();
  }
}
