package io.vestibule.node.config;

import java.util.Locale;

/** What a node can run. */
public enum Role {
  GATEWAY,
  PRESENCE,
  ADMISSION,
  METRICS;

  /** The name in the configuration, in bus addresses and in logs. */
  public String slug() {
    return name().toLowerCase(Locale.ROOT);
  }
}
