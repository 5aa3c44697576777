package io.vestibule.cluster;

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

  /** Certificates of the event bus between nodes: all three set, or none. */
  public record Tls(String certificate, String key, String ca) {}
}
