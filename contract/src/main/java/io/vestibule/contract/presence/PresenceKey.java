package io.vestibule.contract.presence;

import io.vestibule.contract.bus.WireReader;
import io.vestibule.contract.bus.WireWriter;
import java.util.Objects;

/**
 * Somebody in a topic, or the topic itself.
 *
 * @param topic a literal topic
 * @param user null for what concerns the topic itself
 */
public record PresenceKey(String topic, String user) {
  public PresenceKey {
    Objects.requireNonNull(topic);
  }

  /** What concerns a topic itself. */
  public static PresenceKey of(String topic) {
    return new PresenceKey(topic, null);
  }

  void write(WireWriter out) {
    out.putString(topic).putString(user);
  }

  static PresenceKey read(WireReader in) {
    return new PresenceKey(in.getString(), in.getString());
  }
}
