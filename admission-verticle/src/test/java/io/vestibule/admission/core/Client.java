package io.vestibule.admission.core;

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
  /** A reconnect before this time has to succeed, as far as the client can know. */
  long graceUntilMs;
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
    }
  }

  /** Its session is over. */
  void ended() {
    token = null;
    oldToken = null;
    holder = null;
    in = false;
    graceUntilMs = 0;
    claimByMs = 0;
  }
}
