package io.vestibule.gateway.session;

import io.vestibule.contract.admission.AdmissionAnswer;
import io.vestibule.contract.admission.AdmissionAnswer.Admitted;
import io.vestibule.contract.admission.AdmissionAnswer.Refused;
import io.vestibule.contract.admission.AdmissionCommand;
import io.vestibule.contract.admission.AdmissionCommand.Join;
import io.vestibule.contract.admission.AdmissionCommand.Resume;
import io.vestibule.contract.admission.SessionClaim;
import io.vestibule.contract.error.CloseReason;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.contract.log.EventLog;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.contract.log.LogKey;
import io.vestibule.gateway.admission.Admissions;
import io.vestibule.gateway.admission.Gate;
import io.vestibule.gateway.admission.ResumeTokens;
import io.vestibule.gateway.auth.Claims;
import io.vestibule.gateway.frame.ClientFrame;
import io.vestibule.gateway.frame.ServerFrame;
import io.vestibule.gateway.limit.AddressStrikes;
import io.vestibule.gateway.metrics.EntryMeters.Flow;
import io.vestibule.gateway.metrics.EntryMeters.Outcome;
import io.vestibule.gateway.metrics.GatewayMeters;
import io.vestibule.gateway.session.ConnectionState.Anonymous;
import io.vestibule.gateway.session.ConnectionState.Joining;
import io.vestibule.gateway.session.ConnectionState.Verifying;
import java.util.Map;
import java.util.Optional;

/**
 * Asks the coordinator of a queue for somebody whose token is good, and does what it answers. The socket is not read meanwhile. The answer may come after a notice that
 * says more, or after the connection has gone; then the session it speaks of is given back, unless it is the one that the connection has.
 */
public final class Admittance {
  private static final long LONGEST_RESPITE_MS = 30_000;
  private static final EventLog LOG = EventLog.of(Admittance.class);

  private final Admissions admissions;
  private final Gate gate;
  private final ResumeTokens tokens;
  private final AddressStrikes forgers;
  private final boolean openWhenUnavailable;
  private final SessionKeeper keeper;
  private final Entry entry;
  private final Welcome welcome;
  private final LoopClock clock;
  private final GatewayMeters meters;

  Admittance(Admissions admissions, Gate gate, ResumeTokens tokens, AddressStrikes forgers, boolean openWhenUnavailable, SessionKeeper keeper,
      Entry entry, Welcome welcome, LoopClock clock, GatewayMeters meters) {
    this.admissions = admissions;
    this.gate = gate;
    this.tokens = tokens;
    this.forgers = forgers;
    this.openWhenUnavailable = openWhenUnavailable;
    this.keeper = keeper;
    this.entry = entry;
    this.welcome = welcome;
    this.clock = clock;
    this.meters = meters;
  }

  /** Somebody new, whose socket is paused. */
  void join(Connection connection, Verifying state, Identity identity, Wish wish) {
    Claims claims = identity.claims();
    Arrival arrival = new Arrival(wish.frameId(), wish.queue(), identity, null, wish.device().equals(Authentication.DEFAULT) ? null : wish.device(), new Places(Map.of()));
    pass(connection, state.toJoining(arrival), gate.refusesJoin(), new Join(wish.queue(), claims.userId(), attempt(connection), keeper.holder(connection), claims.priorityClass(),
        claims.maxConnections() == null ? -1 : claims.maxConnections(), wish.device(), keeper.memory().beginning(claims, arrival.device())));
  }

  /** Somebody comes back. */
  void resume(Connection connection, ClientFrame.Reconnect frame) {
    if (!(connection.state() instanceof Anonymous anonymous)) {
      connection.error(frame.id(), Failure.of(ErrorReason.ALREADY_AUTHENTICATED), null, null);
      return;
    }
    ResumeTokens.Resumption resumption;
    try {
      resumption = tokens.verify(frame.token());
    } catch (Failure forged) {
      forged(connection, anonymous, frame, forged);
      return;
    }
    connection.transport().pause();
    Arrival arrival = new Arrival(frame.id(), resumption.queue(), null, resumption.claim(), null, new Places(frame.offsets()));
    pass(connection, anonymous.toJoining(arrival), gate.refusesResume(), new Resume(resumption.queue(), attempt(connection), resumption.claim(), keeper.holder(connection)));
  }

  /** What nobody signed is held against the socket and its address, not against the session that it names. */
  private void forged(Connection connection, Anonymous state, ClientFrame.Reconnect frame, Failure failure) {
    Anonymous next = state.toRefused();
    connection.transition(next);
    gate.forged(connection.remote());
    meters.entry().refused(Flow.SOCKET_RESUME, failure.reason(), 0);
    failed(connection, failure);
    connection.send(new ServerFrame.ReconnectFailed(frame.id(), failure, next.failures(), Math.max(0, Authentication.MAX_FAILURES - next.failures())));
    if (forgers.add(connection.remote(), clock.monotonicMs().getAsLong()) || next.failures() >= Authentication.MAX_FAILURES) {
      connection.close(CloseReason.NOT_AUTHENTICATED);
    }
  }

  /** The same for each time that the same question is asked: a second session of a connection would be nobody's. */
  private static String attempt(Connection connection) {
    return connection.id() + '.' + connection.answers;
  }

  /** A node that drains asks nobody. */
  private void pass(Connection connection, Joining state, Optional<Failure> closed, AdmissionCommand command) {
    connection.transition(state);
    closed.ifPresentOrElse(failure -> {
      meters.entry().refused(flow(state.arrival()), failure.reason(), 0);
      refuse(connection, state, failure, 0, 0);
      connection.transport().resume();
    }, () -> ask(connection, state.arrival(), command));
  }

  private void ask(Connection connection, Arrival arrival, AdmissionCommand command) {
    long asked = System.nanoTime();
    admissions.ask(command, connection.id()).onComplete((answer, failed) -> {
      count(arrival, answer, failed, System.nanoTime() - asked);
      if (answer instanceof Admitted admitted && connection.state() instanceof Joining joining && joining.arrival() == arrival) {
        connection.transition(joining.toAdmitted(admitted.claim()));
        entry.prepare(connection, arrival, admitted).onComplete(done -> come(connection, arrival, answer, null));
      } else {
        come(connection, arrival, answer, failed);
      }
    });
  }

  private void come(Connection connection, Arrival arrival, AdmissionAnswer answer, Throwable failed) {
    if (connection.state() instanceof Joining joining && joining.arrival() == arrival) {
      answered(connection, joining, answer, failed);
      connection.transport().resume();
    } else {
      tooLate(connection, arrival, answer);
    }
  }

  private static Flow flow(Arrival arrival) {
    return arrival.resumes() ? Flow.SOCKET_RESUME : Flow.SOCKET_JOIN;
  }

  private void count(Arrival arrival, AdmissionAnswer answer, Throwable failed, long nanos) {
    meters.limits().checked(answer);
    if (failed != null && isLetInWithout(arrival, asFailure(failed))) {
      meters.entry().answered(flow(arrival), Outcome.OPEN, nanos);
    } else {
      meters.entry().answered(flow(arrival), answer, asFailure(failed).reason(), nanos);
    }
  }

  private static Failure asFailure(Throwable failed) {
    return failed instanceof Failure known ? known : Failure.of(ErrorReason.INTERNAL);
  }

  private boolean isLetInWithout(Arrival arrival, Failure failure) {
    return openWhenUnavailable && !arrival.resumes() && failure.reason() == ErrorReason.ADMISSION_UNAVAILABLE;
  }

  private void answered(Connection connection, Joining state, AdmissionAnswer answer, Throwable failed) {
    if (failed != null) {
      unanswered(connection, state, failed);
      return;
    }
    connection.answers++;
    if (answer instanceof Admitted admitted) {
      admit(connection, state, admitted);
    } else if (answer instanceof AdmissionAnswer.Waiting waiting) {
      queue(connection, state, waiting);
    } else if (answer instanceof Refused no) {
      refuse(connection, state, Failure.of(no.reason()).retryAfter(no.retryAfterMs()), no.attempt(), no.attemptsLeft());
    } else {
      refuse(connection, state, Failure.of(ErrorReason.INTERNAL), 0, 0);
    }
  }

  private void unanswered(Connection connection, Joining state, Throwable failed) {
    Failure failure = asFailure(failed);
    if (isLetInWithout(state.arrival(), failure)) {
      entry.enterWithout(connection, state);
    } else {
      refuse(connection, state, failure, 0, 0);
    }
  }

  /** A coordinator says, by its answer or by a notice that was faster, that somebody who asked is in. */
  private void admit(Connection connection, Joining state, Admitted admitted) {
    if (!entry.enter(connection, state, session(state, admitted.claim()), admitted)) {
      keeper.giveBack(connection, state.arrival().queue(), admitted.claim().session());
      refuse(connection, state, Failure.of(ErrorReason.TOKEN_EXPIRED), 0, 0);
    }
  }

  /** A coordinator says that somebody who asked waits. */
  private void queue(Connection connection, Joining state, AdmissionAnswer.Waiting waiting) {
    Session session = session(state, waiting.claim());
    session.stateKnown = !state.arrival().resumes();
    session.version = waiting.version();
    Identity identity = state.arrival().resumes() ? entry.remembered(connection, session, waiting.state()) : state.arrival().identity();
    connection.transition(state.toWaiting(session, identity, identity == null ? Long.MAX_VALUE
        : Deadlines.noticeAtMs(identity.expiresAtMs(), clock.epochMs().getAsLong())));
    LOG.info(LogEvent.CONNECTION_QUEUED, connection.id()).with(LogKey.USER, session.claim().user())
        .with(LogKey.COUNT, waiting.standing().position()).write();
    welcome.inLine(connection, state.arrival().frameId(), session, waiting.standing());
    connection.lookAgain();
  }

  /** Hears from a notice, before the answer came, that somebody is in. */
  boolean admittedMeanwhile(Connection connection, Joining state, Admitted admitted) {
    if (!state.arrival().userId().equals(admitted.claim().user())) {
      return false;
    }
    connection.answers++;
    admit(connection, state, admitted);
    connection.transport().resume();
    return true;
  }

  private static Session session(Joining state, SessionClaim claim) {
    Arrival arrival = state.arrival();
    // Names that are held already are not held twice.
    String userClass = arrival.identity() != null ? arrival.identity().claims().priorityClass() : claim.userClass();
    Session session = new Session(arrival.queue(), new SessionClaim(arrival.userId(), claim.session(), claim.generation(), claim.joinedAtMs(), userClass), arrival.resumes());
    session.device = arrival.device();
    session.places = arrival.places();
    return session;
  }

  private void refuse(Connection connection, Joining state, Failure failure, int attempt, int attemptsLeft) {
    long respite = Math.min(failure.retryAfterMs(), LONGEST_RESPITE_MS);
    connection.transition(state.toRefused(clock.monotonicMs().getAsLong() + respite));
    failed(connection, failure);
    String id = state.arrival().frameId();
    connection.send(state.arrival().resumes()
        ? new ServerFrame.ReconnectFailed(id, failure, attempt, attemptsLeft)
        : new ServerFrame.AuthError(id, failure));
    connection.lookAgain();
  }

  private static void failed(Connection connection, Failure failure) {
    connection.counted(failure);
    LOG.info(LogEvent.JOIN_REFUSED, connection.id()).with(LogKey.REASON, failure.reason().slug()).with(LogKey.REMOTE, connection.remote()).write();
  }

  private void tooLate(Connection connection, Arrival arrival, AdmissionAnswer answer) {
    SessionClaim claim = answer instanceof Admitted a ? a.claim() : answer instanceof AdmissionAnswer.Waiting w ? w.claim() : null;
    Session held = connection.session();
    if (claim != null && (held == null || !held.ref().equals(claim.session()))) {
      if (answer instanceof Admitted admitted && admitted.resumed() && arrival.resumes()) {
        entry.missed(connection, arrival, admitted);
      }
      keeper.giveBack(connection, arrival.queue(), claim.session());
    }
  }

  /** What an {@code auth} asked for; the answer echoes {@code frameId}, if there is one. */
  record Wish(String frameId, String queue, String device) {}
}
