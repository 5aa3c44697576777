package io.vestibule.admission.core;

import io.vestibule.contract.admission.AdmissionCommand.Holder;
import java.util.List;
import java.util.Objects;

/**
 * A place as it is stored. Times are Unix milliseconds of the coordinators' clocks.
 *
 * @param id never used twice, see {@link io.vestibule.contract.admission.SessionRef#place}
 * @param userClass the priority class, or null
 * @param order where it stands among those of its class that came in the same millisecond, and in all
 * @param untilMs when the stage ends by itself (claim, away, grace); 0: it does not
 * @param slot the slot it holds; -1 for none
 * @param nextNumber that of its next session: lower ones were given, and those that are not here have ended
 */
public record PlaceRecord(
    String id, String user, String userClass, Stage stage, long joinedAtMs, long order, long untilMs, int slot, int nextNumber,
    List<SessionRecord> sessions) {
  public PlaceRecord {
    Objects.requireNonNull(id);
    Objects.requireNonNull(user);
    Objects.requireNonNull(stage);
    sessions = List.copyOf(sessions);
  }

  /** None of whose sessions has ended that came after those which are there. */
  public PlaceRecord(
      String id, String user, String userClass, Stage stage, long joinedAtMs, long order, long untilMs, int slot, List<SessionRecord> sessions) {
    this(id, user, userClass, stage, joinedAtMs, order, untilMs, slot, sessions.stream().mapToInt(session -> session.number() + 1).max().orElse(0), sessions);
  }

  /** Where a place is in its life; the number in the store is the ordinal. */
  public enum Stage {
    /** In line; with an end, it is away until then. */
    WAITING,
    /** Has a slot, and has to come and take it before the end. */
    ADMITTED,
    /** Has a slot and a socket. */
    CONNECTED,
    /** Has a slot, which is kept until the end. */
    GRACE,
    /** Has lost its slot and is not in line, but its sessions are remembered. */
    RELEASED,
    /** Ended by an operator; kept so that its tokens are refused. */
    REVOKED
  }

  /**
   * A session of the place.
   *
   * @param generation that of the newest token
   * @param confirmed whether the client has shown that it read that token; if not, the one before is good too
   * @param attempt the call that made it or took it over last, so that the call's retry finds it
   * @param holder the socket, or a promise to ask again; null where there is neither
   * @param untilMs when the session ends if nobody comes back; 0 while somebody is there
   * @param failures attempts to resume it that failed
   * @param notBeforeMs an attempt before this time is too soon
   * @param enteredAtMs when it was in first; 0: it was not yet
   * @param version of the state
   * @param state what it remembers, or null
   */
  public record SessionRecord(
      int number,
      long generation,
      boolean confirmed,
      String attempt,
      Holder holder,
      String device,
      long untilMs,
      int failures,
      long notBeforeMs,
      long enteredAtMs,
      long version,
      String state) {
    public SessionRecord {
      Objects.requireNonNull(attempt);
      Objects.requireNonNull(device);
    }
  }
}
