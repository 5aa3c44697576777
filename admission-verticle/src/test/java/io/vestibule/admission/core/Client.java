package io.vestibule.admission.core;

import io.vestibule.contract.admission.AdmissionAnswer.Standing;
import io.vestibule.contract.admission.AdmissionCommand;
import io.vestibule.contract.admission.AdmissionCommand.Holder;
import io.vestibule.contract.admission.SessionClaim;

/** One tab of a person in a random history: what it knows, and what has happened to it. */
final class Client {
  final String user;
  final String userClass;
  /** Where its socket is, or its HTTP calls come from; null: nowhere. */
  Holder holder;
  /** The newest token that it read. */
  SessionClaim token;
  /** The one that it read before. */
  SessionClaim oldToken;
  /** It holds auth_success. */
  boolean in;
  /** Where in line it was told that it is; 0: it was told nothing. */
  long position;
  /** A reconnect before this time has to succeed, as far as the client can know. */
  long graceUntilMs;
  /** Its token ran out on its socket: if it was in, its grace has begun. */
  boolean barred;
  /** It was told to come before this time. */
  long claimByMs;
  /** What it asked last, for a retry. */
  AdmissionCommand asked;
  long ref;

  Client(String user, String userClass) {
    this.user = user;
    this.userClass = userClass;
  }

  boolean isOnSocket() {
    return holder != null && holder.isSocket();
  }

  void read(SessionClaim claim) {
    if (!claim.equals(token)) {
      oldToken = token != null && token.session().equals(claim.session()) ? token : null;
      token = claim;
      barred = false;
    }
  }

  void waits(Standing standing) {
    in = false;
    position = standing.position();
  }

  /** Its session is over. */
  void ended() {
    token = null;
    oldToken = null;
    holder = null;
    in = false;
    position = 0;
    graceUntilMs = 0;
    claimByMs = 0;
  }
}
