package io.vestibule.bench.durable;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vestibule.bench.load.Mark;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class FollowerTest {
  private static final int RUN = 7;

  private final Truth first = new Truth("durable.x.1");
  private final Truth second = new Truth("durable.x.2");
  private final Counts faults = new Counts();
  private final Follower follower = new Follower(RUN, List.of(first, second), faults);

  @Test
  void isCurrentWhenItHasWhatWasAcknowledged() {
    assertThat(follower.isCurrent()).as("nothing was published").isTrue();
    first.agreesOnEpoch("e");
    first.acknowledged(2, 0, 1);
    assertThat(follower.isCurrent()).isFalse();
    assertThat(message("durable.x.1", "e", 1, 0, 0, 55)).isEqualTo(55);
    assertThat(message("durable.x.1", "e", 2, 0, 1, 56)).isEqualTo(56);
    assertThat(follower.isCurrent()).isTrue();
    assertThat(follower.verdict().clean()).isTrue();
    assertThat(follower.offsets()).isEqualTo("{\"durable.x.1\":{\"epoch\":\"e\",\"offset\":2}}");
    assertThat(faults.all()).isEmpty();
  }

  @Test
  void whatCameTwiceDoesNotCountAsComing() {
    message("durable.x.2", "e", 1, 0, 0, 55);
    assertThat(message("durable.x.2", "e", 1, 0, 0, 55)).isEqualTo(-1);
    assertThat(follower.verdict()).isEqualTo(new Verdict(0, 1, 0));
  }

  @Test
  void oneMessageStandsAtAnOffset() {
    first.agreesOnEpoch("e");
    assertThat(first.acknowledged(1, 0, 0)).isTrue();
    message("durable.x.1", "e", 1, 0, 1, 55);
    assertThat(faults.all()).containsOnlyKeys("another message at an offset");
    assertThat(first.stands(1, 0, 0)).isTrue();
    assertThat(first.stands(1, 1, 0)).isFalse();
    assertThat(first.stands(257, 1, 0)).as("another one's place").isTrue();
  }

  @Test
  void strangeMessagesAreFaults() {
    message("durable.x.1", "e", 1, 0, 0, 55);
    assertThat(message("durable.x.1", "f", 2, 0, 1, 55)).isEqualTo(-1);
    assertThat(message("durable.x.3", "e", 2, 0, 1, 55)).isEqualTo(-1);
    assertThat(faults.all()).containsEntry("message of another epoch", 1).containsEntry("message that nobody published", 1);
    assertThat(follower.offsets()).contains("\"offset\":1");
  }

  @Test
  void itMayBeToldWhereItBegins() {
    assertThat(frame("{\"type\":\"subscribed\",\"topic\":\"durable.x.1\",\"epoch\":\"e\",\"offset\":5}", true)).isTrue();
    assertThat(frame("{\"type\":\"subscribed\",\"topic\":\"durable.x.2\"}", true)).isTrue();
    assertThat(frame("{\"type\":\"subscribed\",\"topic\":\"user.me\",\"auto\":true}", true)).isFalse();
    first.agreesOnEpoch("e");
    first.acknowledged(5, 0, 0);
    assertThat(follower.isCurrent()).isTrue();
    assertThat(frame("{\"type\":\"subscribed\",\"topic\":\"durable.x.2\",\"epoch\":\"e\",\"offset\":9}", false)).isTrue();
    second.acknowledged(9, 0, 1);
    assertThat(follower.isCurrent()).as("where the log ends when it is back is not what it has").isFalse();
  }

  private boolean frame(String json, boolean begins) {
    ByteBuf bytes = Unpooled.copiedBuffer(json, StandardCharsets.UTF_8);
    return follower.subscribed(bytes, 0, bytes.writerIndex(), begins);
  }

  private long message(String topic, String epoch, long offset, int publisher, int sequence, long due) {
    byte[] data = Mark.data(64, RUN, publisher);
    Mark.stamp(data, 0, sequence, due);
    ByteBuf bytes = Unpooled.copiedBuffer("{\"type\":\"message\",\"topic\":\"" + topic + "\",\"data\":" + new String(data, StandardCharsets.US_ASCII) + ",\"epoch\":\"" + epoch
        + "\",\"offset\":" + offset + '}', StandardCharsets.UTF_8);
    return follower.message(bytes, 0, bytes.writerIndex());
  }
}
