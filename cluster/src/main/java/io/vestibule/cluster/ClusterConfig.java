package io.vestibule.cluster;

import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.TrustOptions;
import io.vestibule.contract.config.Settings;
import java.time.Duration;
import java.util.List;
import java.util.Set;

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

  private static final Set<String> ANY_ADDRESSES = Set.of("0.0.0.0", "::", "[::]");

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
        .rule(members.stream().allMatch(ClusterConfig::isMember), "members", members + ": each must be a host or host:port")
        .rule(!publicHost.isEmpty() || !ANY_ADDRESSES.contains(host), "host",
            host + " listens everywhere, so public-host must say where the other nodes reach this one")
        .range("expected-size", expectedSize, 1, 1000)
        .duration("request-timeout", requestTimeout, Duration.ofMillis(100), Duration.ofMinutes(5))
        .duration("failure-timeout", failureTimeout, SHORTEST_FAILURE_TIMEOUT, Duration.ofMinutes(10))
        .verify();
  }

  /** Where the other nodes reach this one: {@code public-host}, or {@code host}. */
  public String reachableHost() {
    return publicHost.isEmpty() ? host : publicHost;
  }

  private static boolean isMember(String member) {
    int colon = member.lastIndexOf(':');
    String port = colon < 0 ? "1" : member.substring(colon + 1);
    return colon != 0 && !member.isBlank() && port.matches("[0-9]{1,5}") && Integer.parseInt(port) <= 65_535;
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

    /** This node's certificate and its key, where nodes speak TLS; whoever uses them reads the files. */
    public KeyCertOptions keys() {
      return new PemKeyCertOptions().addCertPath(certificate).addKeyPath(key);
    }

    /** Who signs the certificates of the others. */
    public TrustOptions authority() {
      return new PemTrustOptions().addCertPath(ca);
    }
  }
}
