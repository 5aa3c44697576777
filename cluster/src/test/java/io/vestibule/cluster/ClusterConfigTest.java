package io.vestibule.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterConfigTest {

  @ParameterizedTest
  @ValueSource(strings = {"a", "a.example.com:5701", "10.0.0.1", "10.0.0.1:5702"})
  void aMemberIsAHostOrAHostAndItsPort(String member) {
    assertThat(config("127.0.0.1", "", List.of(member)).members()).containsExactly(member);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", ":5701", "a:", "a:x", "a:65536", "a:-1"})
  void anythingElseIsNot(String member) {
    assertThatThrownBy(() -> config("127.0.0.1", "", List.of(member)))
        .hasMessageContaining("members").hasMessageContaining("[" + member + "]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "[::]"})
  void whoListensEverywhereSaysWhereToBeReached(String everywhere) {
    assertThatThrownBy(() -> config(everywhere, "", List.of())).hasMessageContaining(everywhere).hasMessageContaining("public-host");
    assertThat(config(everywhere, "10.0.0.7", List.of()).reachableHost()).isEqualTo("10.0.0.7");
    assertThat(config("10.0.0.7", "", List.of()).reachableHost()).isEqualTo("10.0.0.7");
  }

  private static ClusterConfig config(String host, String publicHost, List<String> members) {
    return new ClusterConfig("vestibule", host, publicHost, 5701, 20, 0, members, "", 1, Duration.ofSeconds(5),
        Duration.ofSeconds(10), new ClusterConfig.Tls("", "", ""));
  }
}
