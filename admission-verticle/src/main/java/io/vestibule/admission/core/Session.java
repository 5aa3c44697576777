package io.vestibule.admission.core;

import io.vestibule.admission.core.PlaceRecord.SessionRecord;
import io.vestibule.contract.admission.AdmissionCommand.Holder;
import io.vestibule.contract.admission.SessionClaim;
import io.vestibule.contract.admission.SessionRef;

/** One connection's part in a place. */
final class Session {
  private static final int USES_BITS = 20;

  final Place place;
  final int number;
  final String device;
  long generation;
  boolean confirmed;
  String attempt;
  Holder holder;
  /** When it ends if nobody comes back; 0: somebody is there. */
  long untilMs;
  int failures;
  long notBeforeMs;
  long enteredAtMs;
  long version;
  String state;

  // Not stored.
  /** When its holder changed last: what was observed before that says nothing about it. */
  long changedAtMs;
  /** The socket that it had before, or null: its gateway may still say that its user is there. */
  Holder before;
  /** Its socket is there, but must not be admitted now. */
  boolean barred;
  /** Its present holder knows that it is in. */
  boolean told;
  /** It was in before, so coming in is coming back. */
  boolean seasoned;
  /** When somebody at HTTP who does not ask again counts as away. */
  long pollByMs;

  Session(Place place, int number, String device, long generation) {
    this.place = place;
    this.number = number;
    this.device = device;
    this.generation = generation;
  }

  /** Generations begin with the term, so that a number which was forgotten in a failover and is given again has newer tokens only. */
  static long firstGeneration(long term) {
    return Math.max(1, term << USES_BITS);
  }

  /** Whether there was a token before the newest. */
  boolean hasOlderToken() {
    return generation > 1 && (generation & (1 << USES_BITS) - 1) != 0;
  }

  static Session of(Place place, SessionRecord stored) {
    Session session = new Session(place, stored.number(), stored.device(), stored.generation());
    session.confirmed = stored.confirmed();
    session.attempt = stored.attempt();
    session.holder = stored.holder();
    session.untilMs = stored.untilMs();
    session.failures = stored.failures();
    session.notBeforeMs = stored.notBeforeMs();
    session.enteredAtMs = stored.enteredAtMs();
    session.version = stored.version();
    session.state = stored.state();
    session.seasoned = stored.version() > 0;
    return session;
  }

  SessionRecord record() {
    return new SessionRecord(number, generation, confirmed, attempt, holder, device, untilMs, failures, notBeforeMs, enteredAtMs, version, state);
  }

  SessionRef ref() {
    return new SessionRef(place.id, number);
  }

  SessionClaim claim() {
    return new SessionClaim(place.user, ref(), generation, place.joinedAtMs, place.userClass);
  }

  boolean isOnSocket() {
    return holder != null && holder.isSocket();
  }

  boolean isAtHttp() {
    return holder != null && !holder.isSocket();
  }

  /** A socket that may be let in. */
  boolean isReady() {
    return isOnSocket() && !barred;
  }

  /**
   * Whether a token of this generation is good: the newest, the one before while the client has not shown that it read the newest, and any that a store which lost
   * writes has forgotten.
   */
  boolean accepts(long claimed) {
    return claimed >= generation || !confirmed && claimed == generation - 1;
  }
}
