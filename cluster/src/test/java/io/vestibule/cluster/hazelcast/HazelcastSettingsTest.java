package io.vestibule.cluster.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.Config;
import com.hazelcast.config.InMemoryFormat;
import com.hazelcast.config.MapConfig;
import io.vestibule.cluster.ClusterConfig;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What no test with real members could tell from luck: on one machine a backup that nobody waits for is there in time all the same. */
class HazelcastSettingsTest {
  private final Config config = HazelcastSettings.of(new ClusterConfig("test", "127.0.0.1", "", 5_701, 1, 0, List.of("127.0.0.1:5701"), "", 1, Duration.ofSeconds(3), Duration.ofSeconds(10),
      new ClusterConfig.Tls("", "", "")));

  @ParameterizedTest
  @CsvSource({
      HazelcastSettings.TERMS_MAP + ",     2, BINARY",
      HazelcastSettings.ADMISSION_MAP + ", 1, OBJECT",
      HazelcastSettings.SEATS_MAP + ",     1, OBJECT",
      HazelcastSettings.LOGS_MAP + ",      1, OBJECT",
      HazelcastSettings.STORE_MAP + ",     1, OBJECT",
      HazelcastSettings.MEMBERS_MAP + ",   1, OBJECT"})
  void whatIsAcknowledgedHasItsBackups(String name, int backups, InMemoryFormat format) {
    MapConfig map = config.getMapConfig(name);
    assertThat(map.getBackupCount()).as("that are waited for").isEqualTo(backups);
    assertThat(map.getAsyncBackupCount()).isZero();
    assertThat(map.getInMemoryFormat()).isEqualTo(format);
    assertThat(map.getMergePolicyConfig().getPolicy()).as("none of the grid's own").startsWith("io.vestibule.");
  }

  @Test
  void aBackupThatDidNotConfirmIsNoSuccess() {
    assertThat(config.getProperty("hazelcast.operation.fail.on.indeterminate.state")).isEqualTo("true");
  }
}
