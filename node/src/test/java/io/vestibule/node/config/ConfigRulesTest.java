package io.vestibule.node.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each rule over one or several keys, by the line it answers with. */
class ConfigRulesTest {
  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "gateway.http.port=70000              | gateway.http.port 70000 is not between 0 and 65535",
      "gateway.http.port=-1                 | gateway.http.port -1 is not between 0 and 65535",
      "gateway.http.host=                   | gateway.http.host must not be empty",
      "gateway.heartbeat.timeout=30s        | gateway.heartbeat.timeout 30s is not longer than interval 30s",
      "gateway.heartbeat.interval=61s       | gateway.heartbeat.timeout 1m is not longer than interval 61s",
      "gateway.limits.message-burst=99      | gateway.limits.message-burst 99 is less than messages-per-second 100",
      "gateway.limits.messages-per-second=300 | gateway.limits.message-burst 200 is less than messages-per-second 300",
      "gateway.websocket.max-frame=2MiB     | gateway.websocket.max-frame 2MiB is larger than max-message 1MiB",
      "gateway.limits.subscriptions-per-connection=0 | gateway.limits.subscriptions-per-connection 0 is less than 1",
      "gateway.http.idle-timeout=10ms       | gateway.http.idle-timeout 10ms is not between 1s and 1h",
      "gateway.flush-delay=2s               | gateway.flush-delay 2s is not between 0s and 1s",
      "gateway.http.tls.certificate=a.pem   | gateway.http.tls.key is empty while certificate is 'a.pem': set both or none",
      "gateway.http.tls.key=a.pem           | gateway.http.tls.certificate is empty while key is 'a.pem': set both or none",
      "gateway.http.tls.password=secret     | gateway.http.tls.password is set without a keystore",
      "cluster.tls.ca=ca.pem                | cluster.tls.certificate '', key '' and ca 'ca.pem': set all three or none",
      "cluster.failure-timeout=1s           | cluster.failure-timeout 1s is not between 2s and 10m",
      "bridge.enabled=true                  | bridge.enabled is true while inbound and outbound are both empty: nothing could pass",
      "operations.http-port=8080            | operations.http-port 8080 is gateway.http.port 8080 too: choose another, or -1 to share it",
      "operations.http-port=-2              | operations.http-port -2 is not between -1 and 65535",
      "store.redis.replicas-timeout=1s     | store.redis.replicas-timeout has to be shorter than timeout, and more than 0ms",
      "store.redis.url=127.0.0.1:6379       | store.redis.url is not a URL such as redis://127.0.0.1:6379 or rediss://host:6379",
      "admission.capacity=-1                | admission.capacity -1 is less than 0",
      "presence.tick=1ms                    | presence.tick 1ms is not between 10ms and 2s",
      "presence.listed-members=100001       | presence.listed-members 100001 is not between 1 and 100000",
      "presence.sample=1001                 | presence.sample 1001 is more than listed-members 1000",
      "presence.last-seen=366d              | presence.last-seen 366d is not between 0s and 365d",
      "presence.last-seen-users=-1          | presence.last-seen-users -1 is not between 0 and 10000000",
      "node.roles=                          | node.roles must not be empty; a node runs at least one of gateway, presence, admission, metrics",
      "node.shutdown-timeout=0              | node.shutdown-timeout 0s is not between 1s and 1h",
  })
  void aBrokenRuleNamesItsValues(String option, String expected) {
    String key = option.substring(0, option.indexOf('='));

    assertThat(problems(option)).containsExactly("--set " + key + ": " + expected);
  }

  @Test
  void rulesThatOtherPartsCheckPointAtTheirKeyToo() {
    assertThat(problems("auth.jwt.secret=short")).containsExactly(
        "--set auth.jwt.secret: auth.jwt.secret is 5 bytes, it must be at least 32");
    assertThat(problems("auth.api-keys=short")).singleElement().asString()
        .startsWith("--set auth.api-keys: auth.api-keys[0] is 5 characters").doesNotContain("'short'");
    assertThat(problems("topics=[{pattern: 'a..b', subscribe: anyone, publish: anyone}]")).singleElement().asString()
        .startsWith("--set topics: topics[0]").contains("a..b");
    assertThat(problems("topics=[{pattern: 'user.**', subscribe: anyone, publish: anyone}]")).singleElement().asString()
        .startsWith("--set topics: topics[0]");
  }

  @Test
  void rulesOverTwoKeysPointAtOneOfThem() {
    assertThat(problems("cluster.members=[a]", "cluster.kubernetes-service=vestibule.default.svc")).containsExactly(
        "--set cluster.members: cluster.members [a] and kubernetes-service 'vestibule.default.svc' are both set:"
            + " choose one way to find the other nodes");
    assertThat(problems("gateway.http.tls.keystore=k.p12", "gateway.http.tls.certificate=c.pem", "gateway.http.tls.key=k.pem"))
        .singleElement().asString().contains("'k.p12'", "'c.pem'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "192.168.1.4", "example.com", "127.0.0.1.example.com", "localhost.example.com"})
  void withoutAuthOnlyLoopbackIsServed(String host) {
    assertThat(problems("gateway.http.host=" + host)).containsExactly("--set gateway.http.host: gateway.http.host '" + host
        + "' is reachable from other machines while no auth is configured: set auth.jwt.secret, auth.jwt.keys or auth.jwt.jwks,"
        + " or listen on 127.0.0.1");
    assertThatCode(() -> load("gateway.http.host=" + host, "auth.jwt.secret=0123456789abcdef0123456789abcdef")).doesNotThrowAnyException();
    assertThatCode(() -> load("gateway.http.host=" + host, "node.roles=presence")).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "127.0.0.1", "127.1.2.3", "::1", "[::1]"})
  void loopbackNeedsNoAuth(String host) {
    assertThat(load("gateway.http.host=" + host).developmentMode()).isTrue();
  }

  @Test
  void whatIsProbablyNotMeantIsWarnedOf() {
    assertThat(load("cluster.host=10.0.0.1").warnings()).singleElement().asString().contains("cluster.host '10.0.0.1'", "cluster.tls");
    assertThat(load("cluster.host=10.0.0.1", "cluster.tls.certificate=a", "cluster.tls.key=b", "cluster.tls.ca=c").warnings()).isEmpty();
    assertThat(load("node.roles=presence").warnings()).singleElement().asString().contains("operations.http-port");
    assertThat(load("node.roles=presence", "operations.http-port=0").warnings()).isEmpty();
    assertThat(load("store.type=redis").warnings()).singleElement().asString().contains("admission.secret");
    assertThat(load("store.type=redis", "admission.secret=0123456789012345678901234567890123456789").warnings()).isEmpty();
  }

  private static VestibuleConfig load(String... overrides) {
    return ConfigLoader.load(new ConfigSources(Optional.empty(), Map.of(), List.of(overrides)));
  }

  private static List<String> problems(String... overrides) {
    return catchThrowableOfType(ConfigException.class, () -> load(overrides)).lines();
  }
}
