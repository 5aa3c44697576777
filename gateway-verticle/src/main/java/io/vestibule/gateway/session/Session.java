package io.vestibule.gateway.session;

import io.vestibule.contract.admission.SessionClaim;
import io.vestibule.contract.admission.SessionRef;
import io.vestibule.contract.presence.UserStatus;

/**
 * The session that a connection holds, as its gateway knows it; the coordinator of its queue has the last word. Lives as long as the connection does: many
 * thousands of these are held. One event loop.
 */
final class Session {
  private final String queue;
  private final boolean returned;
  private SessionClaim claim;
  /** Whether the client has shown that it read the token with the claim. */
  private boolean confirmed;

  /** Where in line its client was told that it is; 0: it was told nothing. */
  long position;
  /** Of the state that was saved last. */
  long version;
  /** About how long the state is as JSON, so that most changes need not measure it; 0 where it was not measured yet. */
  int stateBytes;
  int reconnects;
  /** The application's own object as JSON text, or null. */
  String attributes;
  /** What its user said of himself on it, or null. */
  UserStatus status;
  /** Whether all that the session is to remember is known here; it is not where what is stored cannot be read. */
  boolean stateKnown;
  /** What it remembers beside its attributes and its token while it waits and is subscribed to nothing, if it was in before; else null. */
  SavedState resting;
  /** Whether there is something to save, and whether a save is under way. */
  boolean dirty;
  boolean saving;
  /** Whether it is not this connection's any more. */
  boolean ended;
  /** Whether its client has asked to leave, with a frame of that id or none, and is not answered yet. */
  boolean leaving;
  String leaveId;
  /** What its client calls its device, or null where it is the usual name. */
  String device;
  /** How far its client is in durable topics, until it is in; then null. */
  Places places;
  /** Whether the end of its token was put off once, so that a new one could be brought. */
  boolean lastChance;

  Session(String queue, SessionClaim claim, boolean returned) {
    this.queue = queue;
    this.claim = claim;
    this.returned = returned;
  }

  String queue() {
    return queue;
  }

  /** Whether its client came to this connection with a resume token. */
  boolean returned() {
    return returned;
  }

  SessionClaim claim() {
    return claim;
  }

  SessionRef ref() {
    return claim.session();
  }

  /** What the client is told. */
  String id() {
    return claim.session().id();
  }

  /** Whether this is its name; compared without making it. */
  boolean isCalled(String id) {
    return id.startsWith(claim.session().place()) && id.equals(id());
  }

  /** The coordinator has a new claim for its holder; the client may not have read the token yet. */
  void renew(SessionClaim newClaim) {
    if (newClaim.generation() != claim.generation()) {
      confirmed = false;
    }
    // The same user, whose name is held once.
    claim = new SessionClaim(claim.user(), newClaim.session(), newClaim.generation(), newClaim.joinedAtMs(), claim.userClass());
  }

  /** Whether this is the first sign that the client read its last token; true once. */
  boolean confirms() {
    boolean first = !confirmed;
    confirmed = true;
    return first;
  }
}
