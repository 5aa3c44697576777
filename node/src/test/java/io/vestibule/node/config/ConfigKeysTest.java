package io.vestibule.node.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.gateway.topic.TopicRuleConfig;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigKeysTest {
  private final ConfigKeys keys = ConfigKeys.of(VestibuleConfig.class);

  @Test
  void theRecordsAndTheFileHaveTheSameKeys() {
    var inFile = new TreeSet<String>();
    collect("", YamlReader.read("conf/vestibule.yaml", ConfigLoader.defaults()), inFile);

    assertThat(inFile).isEqualTo(new TreeSet<>(keys.paths()));
  }

  @Test
  void everyKeyHasAVariableOfItsOwn() {
    assertThat(keys.variables()).hasSameSizeAs(keys.paths()).allMatch(name -> name.matches("VESTIBULE(_[A-Z0-9]+)+"));
    assertThat(keys.ofVariable("VESTIBULE_GATEWAY_HTTP_PORT")).isEqualTo("gateway.http.port");
    assertThat(keys.ofVariable("VESTIBULE_AUTH_API_KEYS")).isEqualTo("auth.api-keys");
  }

  @Test
  void noVariableIsTakenForOneThatKubernetesSets() {
    assertThat(keys.variables()).noneMatch(name -> Overrides.isKubernetes(name, "8080"));
  }

  @ParameterizedTest
  @CsvSource({
      "VESTIBULE_SERVICE_HOST, 10.0.0.1", "VESTIBULE_SERVICE_PORT, 8080", "VESTIBULE_SERVICE_PORT_HTTP, 8080",
      "VESTIBULE_PORT, tcp://10.0.0.1:8080", "VESTIBULE_PORT_8080_TCP, tcp://10.0.0.1:8080", "VESTIBULE_PORT_8080_TCP_ADDR, 10.0.0.1",
      "VESTIBULE_PORT_8080_TCP_PORT, 8080", "VESTIBULE_PORT_8080_TCP_PROTO, tcp", "VESTIBULE_CLUSTER_PORT, tcp://10.0.0.1:5701",
      "VESTIBULE_CLUSTER_SERVICE_HOST, 10.0.0.1", "VESTIBULE_CLUSTER_PORT_5701_TCP, tcp://10.0.0.1:5701"})
  void whatKubernetesSetsIsIgnored(String name, String value) {
    assertThat(Overrides.isKubernetes(name, value)).isTrue();
  }

  @Test
  void aPortWithoutAddressIsOurs() {
    assertThat(Overrides.isKubernetes("VESTIBULE_CLUSTER_PORT", "5701")).isFalse();
  }

  @Test
  void namesAreKebabCase() {
    assertThat(Stream.of(TopicRuleConfig.class.getRecordComponents()).map(ConfigKeys::name))
        .contains("history-size", "max-payload", "slow-consumer", "pattern");
  }

  @Test
  void distanceIsThatOfLevenshtein() {
    assertThat(Nearest.distance("kitten", "sitting")).isEqualTo(3);
    assertThat(Nearest.distance("", "abc")).isEqualTo(3);
    assertThat(Nearest.distance("abc", "abc")).isZero();
  }

  private static void collect(String prefix, ConfigTree.Mapping group, TreeSet<String> paths) {
    group.entries().forEach((name, value) -> {
      if (value instanceof ConfigTree.Mapping deeper) {
        collect(prefix + name + ".", deeper, paths);
      } else {
        paths.add(prefix + name);
      }
    });
  }
}
