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
    tail.read(new Slice(5, 0, first, head, messages, false), messages.stream().map(Message::offset).toList(), Epoch.ofNothing(1), 0, out);
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

  @Test
  void ofAnotherEpochWhatCameInItIsNews() {
    Tail<Long> before = new Tail<>(5, 2, 0);
    Slice log = slice(8, 1, 4);
    Slice renewed = new Slice(8, 3, 1, 4, log.messages(), false);
    assertThat(before.read(renewed, messages(renewed), Epoch.ofNothing(1), 0, out)).isNull();
    assertThat(told).containsExactly("gap 2 to 3", "message 4");
    assertThat(before.epochBegan()).isEqualTo(3);
  }

  private static Slice slice(long epoch, long from, long head) {
    return new Slice(epoch, 0, 1, head, LongStream.rangeClosed(from, head).mapToObj(offset -> new Message(offset, 100 + offset, 0, offset, null, new byte[0])).toList(), false);
  }

  private static List<Long> messages(Slice slice) {
    return slice.messages().stream().map(Message::offset).toList();
  }

  private Tail<Long> ledAway() {
    Tail<Long> led = new Tail<>(5, 10, 0);
    led.hear(9, 1, 1L, 0, out);
    assertThat(told).containsExactly("gap 10 to 0", "message 1");
    told.clear();
    return led;
  }

  /** Its publisher was frozen for long. */
  @Test
  void comesBackFromWhereAVeryLateMessageHasLedIt() {
    Tail<Long> led = ledAway();
    Slice log = slice(5, 2, 12);
    assertThat(led.read(log, messages(log), Epoch.ofNothing(1), 0, out)).as("the log is all right").isNull();
    assertThat(told).containsExactly("gap 1 to 10", "message 11", "message 12");
    assertThat(led.epoch()).isEqualTo(5);
  }

  @Test
  void aLogThatIsBehindWhereItLeftHasToBeginAnew() {
    Tail<Long> led = ledAway();
    Slice log = slice(5, 2, 8);
    assertThat(led.read(log, messages(log), Epoch.ofNothing(1), 0, out)).isEqualTo(new Tail.Behind(5, 10));
    assertThat(led.read(log, messages(log), Epoch.ofNothing(1), 0, out)).as("as long as it is so").isEqualTo(new Tail.Behind(5, 10));
    assertThat(told).isEmpty();
  }
}
