package io.vestibule.gateway.http;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vestibule.contract.admission.AdmissionAnswer;
import io.vestibule.contract.admission.AdmissionAnswer.Admitted;
import io.vestibule.contract.admission.AdmissionAnswer.Done;
import io.vestibule.contract.admission.AdmissionAnswer.Refused;
import io.vestibule.contract.admission.AdmissionAnswer.Waiting;
import io.vestibule.contract.admission.AdmissionCommand.Holder;
import io.vestibule.contract.admission.AdmissionCommand.Join;
import io.vestibule.contract.admission.AdmissionCommand.Leave;
import io.vestibule.contract.admission.AdmissionCommand.Poll;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.contract.log.CorrelationId;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.gateway.admission.AdmissionClient;
import io.vestibule.gateway.admission.ResumeTokens.Resumption;
import io.vestibule.gateway.api.JsonReader;
import io.vestibule.gateway.api.Members;
import io.vestibule.gateway.auth.Claims;
import io.vestibule.gateway.limit.AddressLimits.Attempt;
import io.vestibule.gateway.limit.LimitState;
import io.vestibule.gateway.metrics.EntryMeters;
import io.vestibule.gateway.metrics.EntryMeters.Flow;
import io.vestibule.gateway.metrics.EntryMeters.Outcome;
import io.vestibule.gateway.metrics.LimitMeters;
import io.vestibule.gateway.session.SavedState;
import io.vestibule.gateway.transport.Credentials;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * {@code /api/admission/*}: waiting in line without a socket. Joining takes a JWT and counts against the limits of the address and, at the coordinator, of the user; everything after it takes
 * the resume token, and a bad one counts against the address. One for each event loop.
 */
final class WaitingRoutes {
  private static final String PATH = "/api/admission/";
  private static final String DEFAULT = "default";
  private static final Set<String> FIELDS = Set.of("queue", "device");
  private static final int LONGEST_NAME = 64;
  private static final int MAX_DEPTH = 4;
  private static final long MAX_BODY = 16 * 1024;
  private static final String CLAIMS = "claims";
  private static final String VERIFIED_MS = "verified";
  private static final String LIMITS = "limits";
  private static final String OUTCOME = "outcome";

  private final HttpServices services;
  private final RefusedCalls refusedCalls;
  private final WaitingServices waiting;
  private final JsonReader reader = new JsonReader(MAX_DEPTH);

  WaitingRoutes(HttpServices services, RefusedCalls refusedCalls) {
    this.services = services;
    this.refusedCalls = refusedCalls;
    this.waiting = services.waiting();
  }

  void mount(Router router) {
    router.post(PATH + "join").handler(this::admit);
    router.post(PATH + "join").handler(BodyHandler.create(false).setBodyLimit(MAX_BODY));
    router.post(PATH + "join").handler(this::join);
    router.get(PATH + "status").handler(routed -> holder(Flow.HTTP_STATUS, routed, this::poll));
    router.post(PATH + "heartbeat").handler(routed -> holder(Flow.HTTP_HEARTBEAT, routed, this::poll));
    router.post(PATH + "leave").handler(routed -> holder(Flow.HTTP_LEAVE, routed, this::leave));
  }

  /** Who wants to join, and whether it may try: looked at before its body is taken in. */
  private void admit(RoutingContext routed) {
    begin(Flow.HTTP_JOIN, routed);
    List<LimitState> limits = new ArrayList<>();
    routed.put(LIMITS, limits);
    routed.addHeadersEndHandler(now -> RateLimitHeaders.add(routed.response().headers(), limits, services.epochMs().getAsLong()));
    Attempt attempt = waiting.limits().attempt(addressOf(routed), waiting.nowUs().getAsLong());
    checked(attempt);
    if (attempt.state() != null) {
      limits.add(attempt.state());
    }
    String token = Credentials.bearer(routed.request().headers());
    if (!attempt.permitted()) {
      refuse(routed, Failure.of(ErrorReason.TOO_MANY_JOINS).retryAfter(attempt.waitMs()));
    } else if (waiting.drain().refusesSessions()) {
      waiting.drain().refusesJoin().ifPresent(routed::fail);
    } else if (token == null) {
      refuse(routed, Failure.of(ErrorReason.TOKEN_MISSING));
    } else {
      // Verification may take its time; meanwhile the body waits in the network.
      routed.request().pause();
      services.verifier().verify(token).onComplete(claims -> {
        routed.put(CLAIMS, claims).put(VERIFIED_MS, TimeUnit.NANOSECONDS.toMillis(Exchange.of(routed).nanos()));
        routed.next();
      }, refused -> refuse(routed, refused));
    }
  }

  private void begin(Flow flow, RoutingContext routed) {
    Exchange exchange = Exchange.of(routed);
    exchange.calls("admission-" + flow.call());
    routed.addEndHandler(ended -> {
      EntryMeters entry = services.meters().entry();
      Outcome outcome = ended.succeeded() ? routed.get(OUTCOME) : Outcome.ABORTED;
      if (outcome != null) {
        entry.answered(flow, outcome, exchange.nanos());
      } else {
        entry.refused(flow, exchange.failure() == null ? ErrorReason.INTERNAL : exchange.failure(), exchange.nanos());
      }
    });
  }

  private void checked(Attempt attempt) {
    if (attempt.state() != null) {
      services.meters().limits().checked(LimitMeters.Policy.IP_JOINS, attempt.permitted());
    }
  }

  private void refuse(RoutingContext routed, Throwable refused) {
    if (refused instanceof Failure failure) {
      LogEvent event = failure.reason() == ErrorReason.TOO_MANY_JOINS ? LogEvent.RATE_LIMITED : LogEvent.AUTH_FAILED;
      if (event == LogEvent.AUTH_FAILED) {
        services.meters().authFailed(failure.reason());
      }
      refusedCalls.tell(routed, event, failure.reason(), addressOf(routed));
    }
    routed.fail(refused);
  }

  private void join(RoutingContext routed) {
    Join join;
    try {
      join = read(routed);
    } catch (Failure malformed) {
      routed.fail(malformed);
      return;
    }
    String correlationId = Exchange.of(routed).correlationId();
    inTime(waiting.admissions().ask(join, correlationId), routed.get(VERIFIED_MS)).map(answer -> {
      services.meters().limits().checked(answer);
      WaitingAnswer.limitOf(answer, services.epochMs().getAsLong()).ifPresent(routed.<List<LimitState>>get(LIMITS)::add);
      return WaitingAnswer.of(join.queue(), answer, waiting.tokens());
    }).recover(failed -> waiting.openWhenUnavailable() && failed instanceof Failure failure && failure.reason() == ErrorReason.ADMISSION_UNAVAILABLE
        ? Future.succeededFuture(WaitingAnswer.open(join.queue()))
        : Future.failedFuture(failed)).onComplete(answer -> respond(routed, answer), routed::fail);
  }

  /** Whoever opens a socket with the resume token may do there what the JWT said: that goes along, to be stored with the place. */
  private Join read(RoutingContext routed) {
    Claims claims = routed.get(CLAIMS);
    String queue = null;
    String device = null;
    Buffer body = routed.body().buffer();
    if (body != null && body.length() > 0) {
      Members asked = Members.of(reader.read(JsonBody.of(routed).getBytes()), FIELDS);
      queue = asked.text("queue", LONGEST_NAME);
      device = asked.text("device", LONGEST_NAME);
    }
    return new Join(queue == null ? DEFAULT : queue, claims.userId(), CorrelationId.fresh(), new Holder(waiting.nodeId(), null), claims.priorityClass(),
        claims.maxConnections() == null ? -1 : claims.maxConnections(), device == null ? DEFAULT : device,
        SavedState.beginning(claims, device == null || device.equals(DEFAULT) ? null : device, waiting.maxSessionState()).orElse(null));
  }

  /** What the holder of a resume token may ask. */
  private interface Call {
    Future<WaitingAnswer> answer(Resumption token, String correlationId);
  }

  private void holder(Flow flow, RoutingContext routed, Call call) {
    begin(flow, routed);
    String address = addressOf(routed);
    long nowUs = waiting.nowUs().getAsLong();
    Attempt attempt = waiting.limits().look(address, nowUs);
    String token = Credentials.bearer(routed.request().headers());
    if (token == null) {
      refuse(routed, Failure.of(ErrorReason.TOKEN_MISSING, "Send the resume token as Authorization: Bearer."));
      return;
    }
    Resumption resumption;
    try {
      resumption = waiting.tokens().verify(token);
    } catch (Failure forged) {
      refuse(routed, counted(routed, address, attempt, nowUs, forged));
      return;
    }
    inTime(call.answer(resumption, Exchange.of(routed).correlationId()), 0).onComplete(answer -> respond(routed, answer), routed::fail);
  }

  /** A token that nobody signed counts against its address, if that may try at all; the answer says how the limit stands then, everywhere as of when it was looked at. */
  private Failure counted(RoutingContext routed, String address, Attempt attempt, long nowUs, Failure forged) {
    checked(attempt);
    if (attempt.permitted()) {
      waiting.limits().offence(address, nowUs);
    }
    Attempt now = waiting.limits().look(address, nowUs);
    if (now.state() != null) {
      RateLimitHeaders.add(routed.response().headers(), List.of(now.state()), services.epochMs().getAsLong());
    }
    return attempt.permitted() ? forged : Failure.of(ErrorReason.TOO_MANY_JOINS).retryAfter(attempt.waitMs());
  }

  /** Nobody is left without an answer; what was asked of a coordinator may be done all the same. */
  private <T> Future<T> inTime(Future<T> answer, long spentMs) {
    return answer.timeout(Math.max(1, waiting.answerWithin().toMillis() - spentMs), TimeUnit.MILLISECONDS)
        .recover(failed -> Future.failedFuture(failed instanceof TimeoutException ? Failure.of(ErrorReason.ADMISSION_UNAVAILABLE).retryAfter(AdmissionClient.RETRY_MS) : failed));
  }

  private Future<WaitingAnswer> poll(Resumption token, String correlationId) {
    return waiting.admissions().ask(new Poll(token.queue(), token.claim()), correlationId)
        .map(answer -> WaitingAnswer.of(token.queue(), answer, waiting.tokens()));
  }

  /** Asks first how it stands: the order to leave does not say which token it came with, and an old one must not end what a newer one holds. */
  private Future<WaitingAnswer> leave(Resumption token, String correlationId) {
    return waiting.admissions().ask(new Poll(token.queue(), token.claim()), correlationId).compose(stands -> {
      if (stands instanceof Refused refused && refused.reason() == ErrorReason.RESUME_EXPIRED) {
        return Future.succeededFuture(new Done());
      }
      return stands instanceof Admitted || stands instanceof Waiting
          ? waiting.admissions().ask(new Leave(token.queue(), token.claim().session()), correlationId)
          : Future.<AdmissionAnswer>succeededFuture(stands);
    }).compose(left -> left instanceof Done
        ? Future.succeededFuture(WaitingAnswer.left(token.queue()))
        : Future.failedFuture(WaitingAnswer.failureOf(left)));
  }

  private String addressOf(RoutingContext routed) {
    return waiting.addresses().of(routed.request().remoteAddress().hostAddress(), routed.request().headers().getAll("X-Forwarded-For"));
  }

  private static void respond(RoutingContext routed, WaitingAnswer answer) {
    if (!routed.response().closed()) {
      routed.put(OUTCOME, answer.outcome());
      routed.response().setStatusCode(answer.status()).putHeader(HttpHeaders.CONTENT_TYPE, JsonBody.MEDIA_TYPE)
          .putHeader(HttpHeaders.CACHE_CONTROL, "no-store").end(answer.body().toBuffer());
    }
  }
}
