package io.vestibule.cluster;

import io.vestibule.contract.config.Settings;
import java.time.Duration;
import java.util.List;

/**
 * The {@code cluster} part of the configuration; {@code conf/vestibule.yaml} explains each key.
 */
public record ClusterConfig(
    String name,
    String host,
    String publicHost,
    int port,
    int portCount,
    int busPort,
    List<String> members,
    String kubernetesService,
    int expectedSize,
    Duration requestTimeout,
    Duration failureTimeout,
    Tls tls) {
  private static final Duration SHORTEST_FAILURE_TIMEOUT = Duration.ofSeconds(2);

  public ClusterConfig {
    members = List.copyOf(members);
    Settings.check()
        .filled("name", name)
        .filled("host", host)
        .range("port", port, 1, 65_535)
        .range("port-count", portCount, 1, 1000)
        .rule(port + portCount - 1 <= 65_535, "port-count", portCount + " ports from port " + port + " do not fit below 65536")
        .port("bus-port", busPort)
        .rule(members.isEmpty() || kubernetesService.isEmpty(), "members",
            members + " and kubernetes-service '" + kubernetesService + "' are both set: choose one way to find the other nodes")
        .range("expected-size", expectedSize, 1, 1000)
        .duration("request-timeout", requestTimeout, Duration.ofMillis(100), Duration.ofMinutes(5))
        .duration("failure-timeout", failureTimeout, SHORTEST_FAILURE_TIMEOUT, Duration.ofMinutes(10))
        .verify();
  }

  /** Certificates of the event bus between nodes: all three set, or none. */
  public record Tls(String certificate, String key, String ca) {
    public Tls {
      Settings.check()
          .rule(certificate.isEmpty() == key.isEmpty() && key.isEmpty() == ca.isEmpty(), "certificate",
              "'" + certificate + "', key '" + key + "' and ca '" + ca + "': set all three or none")
          .verify();
    }

    /** Whether nodes speak TLS with each other. */
    public boolean enabled() {
      return !certificate.isEmpty();
    }
  }
}
