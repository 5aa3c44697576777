package io.vestibule.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class MarkTest {

  @Property
  void carriesWhatItWasGiven(@ForAll int run, @ForAll @IntRange(max = 0xFFFF) int publisher, @ForAll @IntRange(min = 0) int sequence,
      @ForAll @LongRange(min = 0) long due, @ForAll @IntRange(min = Mark.SMALLEST, max = 200) int size) {
    byte[] frame = ("{\"data\":" + new String(Mark.data(size, run, publisher), StandardCharsets.US_ASCII) + "}").getBytes(StandardCharsets.US_ASCII);
    Mark.stamp(frame, 8, sequence, due);
    ByteBuf bytes = Unpooled.wrappedBuffer(frame);

    assertThat(frame).hasSize(size + 9);
    assertThat(Mark.isAt(bytes, 8, frame.length)).isTrue();
    assertThat(Mark.run(bytes, 8)).isEqualTo(run);
    assertThat(Mark.publisher(bytes, 8)).isEqualTo(publisher);
    assertThat(Mark.sequence(bytes, 8)).isEqualTo(sequence);
    assertThat(Mark.dueNanos(bytes, 8)).isEqualTo(due);
  }

  @Test
  void otherDataIsNotMarked() {
    ByteBuf bytes = Unpooled.copiedBuffer("\"" + "~vb-".repeat(20) + "\"", StandardCharsets.US_ASCII);
    assertThat(Mark.isAt(bytes, 0, bytes.readableBytes())).isFalse();
    assertThat(Mark.isAt(bytes, -1, bytes.readableBytes())).isFalse();
    assertThat(Mark.isAt(bytes, 60, bytes.readableBytes())).isFalse();
    assertThatThrownBy(() -> Mark.data(Mark.SMALLEST - 1, 0, 0)).isInstanceOf(IllegalArgumentException.class);
  }
}
