package io.vestibule.node.config;

import io.vestibule.contract.config.Settings;
import java.time.Duration;

/**
 * The {@code operations} part of the configuration.
 *
 * @param httpPort a port of its own for health and metrics; 0 for any free one, -1 for none (the gateway's port serves them)
 * @param metrics whether {@code /metrics} answers
 * @param healthTimeout deadline of each health check
 */
public record OperationsConfig(int httpPort, String httpHost, boolean metrics, Duration healthTimeout) {
  public OperationsConfig {
    Settings.check()
        .range("http-port", httpPort, -1, 65_535)
        .filled("http-host", httpHost)
        .duration("health-timeout", healthTimeout, Duration.ofMillis(10), Duration.ofMinutes(1))
        .verify();
  }

  /** Whether there is a port of its own. */
  public boolean ownPort() {
    return httpPort >= 0;
  }
}
