package io.vestibule.cluster.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.map.EntryProcessor;
import java.util.AbstractMap.SimpleEntry;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MergeProcessorTest {
  private final Map.Entry<String, Object> entry = new SimpleEntry<>("key", null);
  private final Map.Entry<String, Object> backup = new SimpleEntry<>("key", null);

  /** The answer, after the backup has done what it is told to. */
  private byte[] merge(Object value) {
    EntryProcessor<String, Object, byte[]> processor = new MergeProcessor(new JoiningMerge<>(), value);
    byte[] answer = processor.process(entry);
    processor.getBackupProcessor().process(backup);
    return answer;
  }

  /** Words, each joining drawn by chance. */
  private record Words(String text, double drawn) implements Joinable<Words> {
    @Override
    public Words joinedWith(Words other) {
      return text.contains(other.text) ? this : new Words(text + other.text, Math.random());
    }

    @Override
    public Words alone() {
      return new Words(text, Math.random());
    }
  }

  @Test
  void theBackupHasWhatTheEntryHas() {
    Stream.of("a", "b").forEach(text -> {
      assertThat(merge(new Words(text, 0))).isEqualTo(MergeProcessor.CHANGED);
      assertThat(backup.getValue()).isSameAs(entry.getValue());
    });
    assertThat(((Words) entry.getValue()).text).isEqualTo("ab");
  }

  @Test
  void onceMoreChangesNothing() {
    merge(new Words("a", 0));
    Object merged = entry.getValue();
    assertThat(merge(new Words("a", 0))).isNotEqualTo(MergeProcessor.CHANGED);
    assertThat(entry.getValue()).isSameAs(merged);
    assertThat(backup.getValue()).as("is called, and does nothing").isSameAs(merged);
  }
}
