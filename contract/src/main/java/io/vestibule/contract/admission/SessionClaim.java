package io.vestibule.contract.admission;

import io.vestibule.contract.bus.WireReader;
import io.vestibule.contract.bus.WireWriter;
import java.util.Objects;

/**
 * What a resume token says about its holder, apart from cluster and queue. With it a waiter whose place was lost with every copy of it is put back where it stood.
 *
 * @param user the user id
 * @param session the session
 * @param generation rises each time the token is used; the last one counts, and the one before until the last is confirmed
 * @param joinedAtMs when the place was taken, Unix milliseconds of the coordinators' clocks
 * @param userClass the priority class, or null
 */
public record SessionClaim(String user, SessionRef session, long generation, long joinedAtMs, String userClass) {
  public SessionClaim {
    Objects.requireNonNull(user);
    Objects.requireNonNull(session);
  }

  public void write(WireWriter out) {
    session.write(out.putString(user));
    out.putLong(generation).putLong(joinedAtMs).putString(userClass);
  }

  public static SessionClaim read(WireReader in) {
    return new SessionClaim(in.getString(), SessionRef.read(in), in.getLong(), in.getLong(), in.getString());
  }
}
