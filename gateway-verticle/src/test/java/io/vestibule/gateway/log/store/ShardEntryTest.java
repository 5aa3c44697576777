package io.vestibule.gateway.log.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.internal.serialization.SerializationService;
import com.hazelcast.internal.serialization.impl.DefaultSerializationServiceBuilder;
import io.vestibule.gateway.log.core.Append;
import io.vestibule.gateway.log.core.LogBounds;
import io.vestibule.gateway.log.core.ShardLog;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShardEntryTest {
  private static final String TOPIC = "durable.a";

  private static ShardEntry half(String... texts) {
    ShardLog shard = new ShardLog(7);
    for (String text : texts) {
      shard.append(append(text), Long.MAX_VALUE);
    }
    return new ShardEntry(shard);
  }

  private static Append append(String text) {
    return new Append(TOPIC, text.hashCode(), 1, TopicLogContract.NOW, 5, new LogBounds(100, 60_000, 0), List.of(new Append.Draft(null, text.getBytes(StandardCharsets.UTF_8))));
  }

  private static long epoch(ShardEntry entry) {
    return ShardEntry.image(entry.answer(new ShardCall.Outline(TOPIC))).epoch();
  }

  private static ShardEntry moved(ShardEntry entry) {
    SerializationService serialization = new DefaultSerializationServiceBuilder().build();
    return serialization.toObject(serialization.toData(entry));
  }

  /** Each time both halves' log would go on in another epoch, and tell everybody a gap. */
  @Test
  void whatWasJoinedIsNotJoinedAgain() {
    ShardEntry joined = half("one", "ours").joinedWith(half("one", "theirs"));
    assertThat(epoch(joined)).isNotEqualTo(5);
    assertThat(joined.joinedWith(half("one", "theirs"))).isSameAs(joined);
    ShardEntry elsewhere = moved(joined);
    assertThat(elsewhere.joinedWith(half("one", "theirs"))).as("after it has moved to another member").isSameAs(elsewhere);
    assertThat(epoch(elsewhere)).isEqualTo(epoch(joined));
  }

  @Test
  void whatAPartOfItHasJoinedIsNotJoinedAgain() {
    ShardEntry joined = half("one", "ours").joinedWith(half("one", "theirs").joinedWith(half("one", "of a third", "more")));
    assertThat(joined.joinedWith(half("one", "of a third", "more"))).isSameAs(joined);
  }

  /** Whose copy was put where nothing was, and has been appended to since. */
  @Test
  void whatWasPutThereIsNotJoinedWithItself() {
    ShardEntry put = moved(half("one").alone());
    put.answer(new ShardCall.Add(append("two"), 9, Long.MAX_VALUE));
    assertThat(put.joinedWith(half("one"))).isSameAs(put);
  }

  /** Each has given the second place and version by itself. */
  @Test
  void threePartsThatCameEquallyFarAreAllJoined() {
    ShardEntry joined = half("one", "ours").joinedWith(half("one", "theirs")).joinedWith(half("one", "of a third"));
    byte[] read = joined.answer(new ShardCall.Read(TopicLogContract.all(TOPIC)));
    assertThat(TopicLogContract.texts(ShardAnswer.slice(read))).containsExactlyInAnyOrder("one", "ours", "theirs", "of a third");
  }

  @Test
  void whatIsAnotherIsJoined() {
    ShardEntry joined = half("one", "ours").joinedWith(half("one", "theirs"));
    ShardEntry more = joined.joinedWith(half("one", "theirs", "more"));
    assertThat(more).isNotSameAs(joined);
    assertThat(epoch(more)).isNotEqualTo(epoch(joined));
  }
}
