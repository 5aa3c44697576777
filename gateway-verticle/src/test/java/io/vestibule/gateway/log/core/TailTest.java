package io.vestibule.gateway.log.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class TailTest {
  private final List<String> told = new ArrayList<>();
  private final Tail<Long> tail = new Tail<>(0);
  private final Tail.Out<Long> out = new Tail.Out<>() {
    @Override
    public void begun() {
      told.add("begun at " + tail.offset());
    }

    @Override
    public void deliver(Long message) {
      told.add("message " + message);
    }

    @Override
    public void gap(long fromEpoch, long from, long toEpoch, long to) {
      told.add("gap " + from + " to " + to);
    }
  };

  /** What a log of which offsets from the first on are kept says after a version. */
  private void readsByVersion(long first, long owed, long head) {
    List<Message> messages = LongStream.rangeClosed(owed, head).mapToObj(offset -> new Message(offset, 100 + offset, 0, offset, null, new byte[0])).toList();
    tail.read(new Slice(5, first, head, messages, false), messages.stream().map(Message::offset).toList(), Epoch.ofNothing(1), 0, out);
  }

  @Test
  void beginsWithWhatIsOwedWhereSomethingOlderIsLeft() {
    readsByVersion(3, 4, 5);
    assertThat(told).containsExactly("begun at 3", "message 4", "message 5");
  }

  @Test
  void tellsAGapWhereWhatIsOwedMayBeGoneInPart() {
    readsByVersion(4, 4, 5);
    assertThat(told).containsExactly("begun at 0", "gap 0 to 3", "message 4", "message 5");
  }

  @Test
  void aWholeLogHasNoGap() {
    readsByVersion(1, 1, 2);
    assertThat(told).containsExactly("begun at 0", "message 1", "message 2");
  }

  @Test
  void nothingOwedIsNoGap() {
    readsByVersion(4, 6, 5);
    assertThat(told).containsExactly("begun at 5");
  }
}
