package io.vestibule.gateway.log.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class FingerprintTest {
  private static final int TOPICS = 20;
  private static final long NOW = 1_000;

  private static Append append(int topic, int writer) {
    return new Append("durable.t" + topic, writer, 1, NOW, 100 + 4L * topic, new LogBounds(100, 60_000, 0), Collections.nCopies(2, new Append.Draft(null, "text".getBytes(StandardCharsets.UTF_8))));
  }

  private static ShardLog shard(int lastWriter) {
    ShardLog shard = new ShardLog(7);
    for (int topic = 0; topic < TOPICS; topic++) {
      shard.append(append(topic, 1), Long.MAX_VALUE);
      shard.move(List.of(new CursorMove("durable.t" + topic, "device/a", 100 + 4L * topic, 1), new CursorMove("durable.t" + topic, "device/b", 100 + 4L * topic, 2)), NOW, Long.MAX_VALUE);
    }
    shard.append(append(3, lastWriter), Long.MAX_VALUE);
    return shard;
  }

  private static ShardLog copy(ShardLog shard) {
    List<LogImage> images = new ArrayList<>(shard.images());
    Collections.reverse(images);
    return new ShardLog(shard.lineage(), shard.version(), shard.clockMs(), shard.dropped(), images);
  }

  @Test
  void aCopyHasTheSame() {
    ShardLog shard = shard(2);
    assertThat(Fingerprint.of(copy(shard))).isEqualTo(Fingerprint.of(shard));
    assertThat(Fingerprint.of(shard(2))).as("made in the same way").isEqualTo(Fingerprint.of(shard));
  }

  @Test
  void anotherMessageInTheSamePlaceMakesAnother() {
    assertThat(Fingerprint.of(shard(3))).isNotEqualTo(Fingerprint.of(shard(2)));
  }

  @Test
  void whoHasReadOnMakesAnother() {
    ShardLog shard = shard(2);
    long before = Fingerprint.of(shard);
    shard.move(List.of(new CursorMove("durable.t5", "device/a", 120, 2)), NOW, Long.MAX_VALUE);
    assertThat(Fingerprint.of(shard)).isNotEqualTo(before);
  }
}
