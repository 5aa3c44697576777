package io.vestibule.admission;

import io.vestibule.contract.config.Settings;

/**
 * The {@code admission} part of the configuration; {@code conf/vestibule.yaml} explains each key.
 *
 * @param capacity slots of the queue {@code default}; 0 for no limit
 * @param maxConnectionsPerUser in the whole cluster; 0 for no limit
 */
public record AdmissionConfig(int capacity, int maxConnectionsPerUser) {
  public AdmissionConfig {
    Settings.check()
        .atLeast("capacity", capacity, 0)
        .atLeast("max-connections-per-user", maxConnectionsPerUser, 0)
        .verify();
  }
}
