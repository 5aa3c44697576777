package io.vestibule.gateway.http;

import io.vertx.core.json.JsonObject;
import io.vestibule.contract.admission.AdmissionAnswer;
import io.vestibule.contract.admission.AdmissionAnswer.Admitted;
import io.vestibule.contract.admission.AdmissionAnswer.Quota;
import io.vestibule.contract.admission.AdmissionAnswer.Refused;
import io.vestibule.contract.admission.AdmissionAnswer.Standing;
import io.vestibule.contract.admission.AdmissionAnswer.Waiting;
import io.vestibule.contract.admission.SessionClaim;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.admission.ResumeTokens;
import io.vestibule.gateway.frame.Timestamps;
import io.vestibule.gateway.limit.LimitState;
import io.vestibule.gateway.metrics.EntryMeters.Outcome;
import java.util.Optional;

/**
 * What somebody who waits over HTTP is told (docs/protocol.md, Waiting over HTTP).
 *
 * @param outcome what it comes to
 * @param status of the response
 */
record WaitingAnswer(Outcome outcome, int status, JsonObject body) {
  private static final int OK = 200;
  private static final int ACCEPTED = 202;
  private static final String USER_POLICY = "user-joins";

  /**
   * The answer of a coordinator as a client is told of it.
   *
   * @throws Failure where the coordinator refused
   */
  static WaitingAnswer of(String queue, AdmissionAnswer answer, ResumeTokens tokens) {
    if (answer instanceof Admitted admitted) {
      return new WaitingAnswer(Outcome.ADMITTED, OK, holder("admitted", queue, admitted.claim(), tokens)
          .put("claimBy", admitted.claimByMs() == 0 ? null : new Timestamps().of(admitted.claimByMs())));
    }
    if (answer instanceof Waiting waiting) {
      return new WaitingAnswer(Outcome.QUEUED, ACCEPTED, standing(holder("queued", queue, waiting.claim(), tokens), waiting.standing()));
    }
    throw failureOf(answer);
  }

  /** Nobody leads the queue, and the configuration says that everybody is let in then: by the JWT alone, because there is no session to come back to. */
  static WaitingAnswer open(String queue) {
    return new WaitingAnswer(Outcome.OPEN, OK, new JsonObject().put("status", "admitted").put("queue", queue).putNull("sessionId").putNull("resumeToken").putNull("claimBy"));
  }

  /** The place was given up. */
  static WaitingAnswer left(String queue) {
    return new WaitingAnswer(Outcome.LEFT, OK, new JsonObject().put("status", "left").put("queue", queue));
  }

  private static JsonObject holder(String status, String queue, SessionClaim claim, ResumeTokens tokens) {
    return new JsonObject().put("status", status).put("queue", queue).put("userId", claim.user()).put("sessionId", claim.session().id())
        .put("resumeToken", tokens.sign(queue, claim)).put("joinedAt", new Timestamps().of(claim.joinedAtMs()));
  }

  private static JsonObject standing(JsonObject body, Standing standing) {
    body.put("position", standing.position()).put("waiting", standing.waiting())
        .put("etaMs", known(standing.etaMs())).put("etaHighMs", known(standing.etaHighMs()))
        .put("pollAfterMs", standing.pollAfterMs());
    return standing.rose() == null ? body : body.put("reason", standing.rose().slug());
  }

  private static Long known(long ms) {
    return ms < 0 ? null : Long.valueOf(ms);
  }

  /** What a refusal is to a client; any other answer has no meaning here. */
  static Failure failureOf(AdmissionAnswer answer) {
    if (!(answer instanceof Refused refused)) {
      return Failure.of(ErrorReason.INTERNAL);
    }
    Failure failure = Failure.of(refused.reason()).retryAfter(refused.retryAfterMs());
    return refused.attempt() == 0 ? failure : failure.with("attempt", refused.attempt()).with("attemptsLeft", refused.attemptsLeft());
  }

  /** The user's own limit, which the coordinator counts for the whole cluster; empty where there is none. */
  static Optional<LimitState> limitOf(AdmissionAnswer answer, long epochMs) {
    Quota quota = answer instanceof Admitted a ? a.quota() : answer instanceof Waiting w ? w.quota() : answer instanceof Refused r ? r.quota() : Quota.NONE;
    return quota == null || quota.limit() == 0
        ? Optional.empty()
        : Optional.of(LimitState.told(USER_POLICY, quota.limit(), quota.remaining(), quota.resetAtMs(), quota.windowMs(), epochMs));
  }
}
