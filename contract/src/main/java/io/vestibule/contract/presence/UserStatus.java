package io.vestibule.contract.presence;

import io.vestibule.contract.bus.WireReader;
import io.vestibule.contract.bus.WireWriter;
import java.util.Objects;

/**
 * What a user says of himself; of two, the newer one holds.
 *
 * @param status {@code online} until something else was said
 * @param data a JSON object as text, or null
 * @param atMs when it was said, Unix milliseconds; 0 where nothing was said
 */
public record UserStatus(String status, String data, long atMs) {
  /** Nothing was said. */
  public static final UserStatus ONLINE = new UserStatus("online", null, 0);

  private static final String AWAY = "away";

  public UserStatus {
    Objects.requireNonNull(status);
  }

  /** The newer of two; which one of two of the same moment is the same on every node. */
  public UserStatus or(UserStatus other) {
    if (atMs != other.atMs) {
      return atMs > other.atMs ? this : other;
    }
    int order = status.compareTo(other.status);
    if (order == 0) {
      order = Objects.requireNonNullElse(data, "").compareTo(Objects.requireNonNullElse(other.data, ""));
    }
    return order >= 0 ? this : other;
  }

  /** The same, as it is shown of somebody who is waited for. */
  public UserStatus asAway() {
    return new UserStatus(AWAY, data, atMs);
  }

  void write(WireWriter out) {
    out.putString(status).putString(data).putLong(atMs);
  }

  static UserStatus read(WireReader in) {
    return new UserStatus(in.getString(), in.getString(), in.getLong());
  }
}
