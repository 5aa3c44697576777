package io.vestibule.contract.presence;

import io.vestibule.contract.bus.WireReader;
import io.vestibule.contract.bus.WireWriter;
import java.util.Objects;

/**
 * What was said last of a user.
 *
 * @param lastSeenMs when he had a connection last, Unix milliseconds; 0 while he is online
 */
public record SaidUser(String user, long lastSeenMs) {
  public SaidUser {
    Objects.requireNonNull(user);
  }

  /** Somebody who is online. */
  public static SaidUser online(String user) {
    return new SaidUser(user, 0);
  }

  /** Whether he was said to be online. */
  public boolean isOnline() {
    return lastSeenMs == 0;
  }

  void write(WireWriter out) {
    out.putString(user).putLong(lastSeenMs);
  }

  static SaidUser read(WireReader in) {
    return new SaidUser(in.getString(), in.getLong());
  }
}
