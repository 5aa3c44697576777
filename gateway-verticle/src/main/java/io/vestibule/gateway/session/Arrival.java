package io.vestibule.gateway.session;

import io.vestibule.contract.admission.SessionClaim;

/**
 * Somebody whose token was good and of whom a coordinator is being asked.
 *
 * @param frameId what the answer echoes, as JSON text, or null
 * @param identity what the token says; null for a resume token
 * @param claim what the resume token says; null for another
 * @param device what it calls its device; null for the usual name, and for a resume token, whose session remembers it
 * @param places how far it is in durable topics
 */
record Arrival(String frameId, String queue, Identity identity, SessionClaim claim, String device, Places places) {
  Arrival {
    if ((identity == null) == (claim == null)) {
      throw new IllegalArgumentException("one token at a time");
    }
  }

  boolean resumes() {
    return claim != null;
  }

  String userId() {
    return claim == null ? identity.claims().userId() : claim.user();
  }
}
