package io.vestibule.node.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigLoaderTest {
  @TempDir Path folder;

  @Test
  void runsWithoutAnyFile() {
    var config = load(Map.of());

    assertThat(config.node().roles()).containsExactly(Role.values());
    assertThat(config.node().shutdownTimeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(config.gateway().http().host()).isEqualTo("127.0.0.1");
    assertThat(config.gateway().http().port()).isEqualTo(8080);
    assertThat(config.gateway().limits().outboundBuffer()).isEqualTo(1 << 20);
    assertThat(config.topics()).hasSize(7);
    assertThat(config.topics().get(0).historyBytes()).isEqualTo(8L << 20);
    assertThat(config.topics().get(6).durable()).isNull();
    assertThat(config.developmentMode()).isTrue();
    assertThat(config.warnings()).isEmpty();
  }

  @Test
  void optionsWinOverEnvironmentOverFileOverDefaults() {
    Path file = file("""
        gateway:
          http: { port: 1001, max-body: 2MiB }
          limits:
            connections: 11
        cluster: { port: 6001, name: from-file }
        """);
    var environment = Map.of("VESTIBULE_GATEWAY_HTTP_PORT", "1002", "VESTIBULE_CLUSTER_PORT", "6002");

    var config = load(file, environment, "gateway.http.port=1003");

    assertThat(config.gateway().http().port()).isEqualTo(1003);
    assertThat(config.cluster().port()).isEqualTo(6002);
    assertThat(config.cluster().name()).isEqualTo("from-file");
    assertThat(config.gateway().http().maxBody()).isEqualTo(2 << 20);
    assertThat(config.gateway().limits().connections()).isEqualTo(11);
    assertThat(config.gateway().limits().messageBurst()).as("untouched").isEqualTo(200);
  }

  @Test
  void theFileMayBeNamedByTheEnvironmentButTheOptionWins() {
    Path named = file("node: { name: from-environment }");
    Path given = file("node: { name: from-option }");
    var environment = Map.of(ConfigSources.FILE_VARIABLE, named.toString());

    assertThat(load(environment).node().name()).isEqualTo("from-environment");
    assertThat(load(given, environment).node().name()).isEqualTo("from-option");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"a,b", "[a, b]", "'[\"a\", \"b\"]'", "' a , b '", "a,,b"})
  void listsComeInTwoForms(String text) {
    assertThat(load(Map.of("VESTIBULE_CLUSTER_MEMBERS", text)).cluster().members()).containsExactly("a", "b");
    assertThat(load(Map.of(), "cluster.members=" + text).cluster().members()).containsExactly("a", "b");
  }

  @Test
  void anEmptyListIsAList() {
    assertThat(load(Map.of("VESTIBULE_CLUSTER_MEMBERS", "")).cluster().members()).isEmpty();
    assertThat(load(Map.of(), "topics=[]").topics()).isEmpty();
  }

  @Test
  void topicRulesCanBeGivenAsAnOption() {
    var topics = load(Map.of(), "topics=[{pattern: \"news.**\", subscribe: anyone, history-time: 1h}]").topics();

    assertThat(topics).singleElement().satisfies(rule -> {
      assertThat(rule.pattern()).isEqualTo("news.**");
      assertThat(rule.historyTime()).isEqualTo(Duration.ofHours(1));
      assertThat(rule.publish()).isNull();
    });
  }

  @Test
  void aKeyWithoutValueKeepsTheDefault() {
    assertThat(load(file("gateway:\nnode:\n  name:\n"), Map.of()).gateway().http().port()).isEqualTo(8080);
    assertThat(load(file("# nothing\n"), Map.of()).gateway().http().port()).isEqualTo(8080);
    assertThat(load(file(""), Map.of()).gateway().http().port()).isEqualTo(8080);
  }

  @Test
  void yamlDoesNotGuessTypes() {
    var config = load(file("node: { name: 0123 }\ncluster: { name: on }\n"), Map.of());

    assertThat(config.node().name()).isEqualTo("0123");
    assertThat(config.cluster().name()).isEqualTo("on");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "gateway: { http: { prot: 1 } }   | unknown key gateway.http.prot; did you mean gateway.http.port?",
      "gatway: { http: { port: 1 } }    | unknown key gatway; did you mean gateway?",
      "gateway: { port: 1 }             | unknown key gateway.port; did you mean gateway.http.port?",
      "wibble: 1                        | unknown key wibble",
      "'topics: [{ patern: a.b }]'      | unknown key topics[0].patern; did you mean pattern?",
      "gateway: { http: { port: many } }| gateway.http.port 'many' is not a whole number",
      "gateway: { http: { port: 99999999999 } }| gateway.http.port '99999999999' is not a whole number",
      "bridge: { enabled: yes }         | bridge.enabled 'yes' is not true or false",
      "gateway: { heartbeat: { interval: 30 } }| gateway.heartbeat.interval '30' is not a duration such as 500ms, 30s, 5m, 1h or 30d",
      "gateway: { http: { max-body: 1MB } }| gateway.http.max-body '1MB' is not a size such as 512B, 64KiB, 1MiB or 1GiB",
      "log: { format: xml }             | log.format 'xml' is not one of text, json",
      "node: { roles: [gateway, cook] } | node.roles[1] 'cook' is not one of gateway, presence, admission, metrics",
      "node: { roles: gateway }         | node.roles must be a list, such as [a, b]",
      "node: { name: [a] }              | node.name must be a single value, not a list",
      "node: { name: { a: b } }         | node.name must be a single value, not a group of keys",
      "node: gateway                    | node is a group of keys and cannot be set to a value",
      "cluster: { members: [[a]] }      | cluster.members[0] must be a single value",
      "'topics: [a]'                    | topics[0] is a group of keys and cannot be set to a value",
  })
  void aWrongFileIsAnsweredWithOneLineThatNamesIt(String yaml, String expected) {
    Path file = file("\n" + yaml + "\n");

    assertThat(problems(file, Map.of())).containsExactly(file + ":2: " + expected);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "'a: [b'        | 3", "'a: b: c' | 2", "'a: 1\na: 2' | 3", "'- a' | 2", "just text | 2", "'\tnode: a' | 2", "'? [a]\n: b' | 2",
  })
  void brokenYamlNamesItsLine(String yaml, int line) {
    Path file = file("\n" + yaml.replace("\\n", "\n").replace("\\t", "\t") + "\n");

    assertThat(problems(file, Map.of())).singleElement().asString().startsWith(file + ":" + line + ": ").doesNotContain("\n");
  }

  @Test
  void unreadableFilesAreNamed() throws IOException {
    Path missing = folder.resolve("missing.yaml");
    Path binary = Files.write(folder.resolve("binary.yaml"), new byte[] {'a', ':', ' ', (byte) 0xff, (byte) 0xfe});
    Path large = Files.write(folder.resolve("large.yaml"), new byte[(1 << 20) + 1]);

    assertThat(problems(missing, Map.of())).containsExactly(missing + ": there is no such file");
    assertThat(problems(folder, Map.of())).containsExactly(folder + ": is a directory, not a file");
    assertThat(problems(binary, Map.of())).containsExactly(binary + ": is not UTF-8 text");
    assertThat(problems(large, Map.of())).containsExactly(large + ": is larger than 1MiB");
  }

  @Test
  void deepAndHostileYamlIsRefused() {
    assertThat(problems(file("a: ".concat("[".repeat(5000))), Map.of())).hasSize(1);
    String laughs = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n";
    assertThat(problems(file(laughs), Map.of())).hasSize(1);
  }

  @Test
  void everyProblemIsToldAtOnce() {
    Path file = file("""
        gateway:
          http: { port: x, prot: 1 }
        cluster:
          port: 70000
        """);

    assertThat(problems(file, Map.of("VESTIBULE_CLUSTR_NAME", "a"), "log.levl=info", "nonsense")).containsExactly(
        "environment: unknown variable VESTIBULE_CLUSTR_NAME; did you mean VESTIBULE_CLUSTER_NAME?",
        "--set: unknown key log.levl; did you mean log.level?",
        "--set: 'nonsense' is not key=value",
        file + ":4: cluster.port 70000 is not between 1 and 65535",
        file + ":4: cluster.port-count 20 ports from port 70000 do not fit below 65536",
        file + ":2: gateway.http.port 'x' is not a whole number",
        file + ":2: unknown key gateway.http.prot; did you mean gateway.http.port?");
  }

  @Test
  void wrongOverridesNameTheirSource() {
    assertThat(problems(Map.of("VESTIBULE_GATEWAY_HTTP_PORT", "x")))
        .containsExactly("environment VESTIBULE_GATEWAY_HTTP_PORT: gateway.http.port 'x' is not a whole number");
    assertThat(problems(Map.of(), "gateway.http=1")).containsExactly("--set: gateway.http is a group of keys and cannot be set to a value");
    assertThat(problems(Map.of(), "cluster.members=[a")).containsExactly("--set cluster.members: cluster.members '[a' is not a list such as [a, b]");
  }

  private VestibuleConfig load(Map<String, String> environment, String... overrides) {
    return ConfigLoader.load(new ConfigSources(Optional.empty(), environment, List.of(overrides)));
  }

  private VestibuleConfig load(Path file, Map<String, String> environment, String... overrides) {
    return ConfigLoader.load(new ConfigSources(Optional.of(file), environment, List.of(overrides)));
  }

  private List<String> problems(Map<String, String> environment, String... overrides) {
    return catchThrowableOfType(ConfigException.class, () -> load(environment, overrides)).lines();
  }

  private List<String> problems(Path file, Map<String, String> environment, String... overrides) {
    return catchThrowableOfType(ConfigException.class, () -> load(file, environment, overrides)).lines();
  }

  private Path file(String yaml) {
    try {
      return Files.writeString(Files.createTempFile(folder, "vestibule", ".yaml"), yaml);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
