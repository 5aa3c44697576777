package io.vestibule.node.config;

import io.vestibule.contract.config.Settings;
import java.time.Duration;
import java.util.List;

/**
 * The {@code node} part of the configuration.
 *
 * @param name shown in logs, health and metrics; empty for host name and port
 * @param roles what this node runs; at least one, each once
 * @param shutdownTimeout from the signal to the end of the process, at most
 */
public record NodeConfig(String name, List<Role> roles, Duration shutdownTimeout) {
  public NodeConfig {
    roles = roles.stream().distinct().toList();
    Settings.check()
        .rule(!roles.isEmpty(), "roles", "must not be empty; a node runs at least one of gateway, presence, admission, metrics")
        .duration("shutdown-timeout", shutdownTimeout, Duration.ofSeconds(1), Duration.ofHours(1))
        .verify();
  }

  /** Of the time for stopping, what clients have to go to another node; the rest is for goodbyes and for leaving the cluster. */
  public Duration leaveWithin() {
    return shutdownTimeout.dividedBy(3);
  }

  /** Whether this node runs the role. */
  public boolean runs(Role role) {
    return roles.contains(role);
  }
}
