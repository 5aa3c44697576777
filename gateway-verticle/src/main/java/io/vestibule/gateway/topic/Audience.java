package io.vestibule.gateway.topic;

import java.util.Locale;

/** Who may do something with a topic, as the topic rules say it (conf/vestibule.yaml, {@code topics}). */
public enum Audience {
  /** No client. */
  NOBODY,
  /** Servers: the holder of an API key, or a verticle of the cluster. */
  SERVERS,
  /** The user whose own topic it is; under {@code user.**} only. */
  OWNER,
  /** Whom servers made a member of the topic. */
  MEMBERS,
  /** Whoever has authenticated. */
  AUTHENTICATED,
  /** Everybody, those who have not authenticated too. */
  ANYONE;

  /** The word that stands in the configuration. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
