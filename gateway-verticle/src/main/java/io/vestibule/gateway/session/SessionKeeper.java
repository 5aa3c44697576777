package io.vestibule.gateway.session;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import io.vestibule.contract.admission.AdmissionAnswer;
import io.vestibule.contract.admission.AdmissionAnswer.Done;
import io.vestibule.contract.admission.AdmissionAnswer.Refused;
import io.vestibule.contract.admission.AdmissionCommand;
import io.vestibule.contract.admission.AdmissionCommand.Away;
import io.vestibule.contract.admission.AdmissionCommand.Confirm;
import io.vestibule.contract.admission.AdmissionCommand.Detach;
import io.vestibule.contract.admission.AdmissionCommand.Holder;
import io.vestibule.contract.admission.AdmissionCommand.Leave;
import io.vestibule.contract.admission.AdmissionCommand.Save;
import io.vestibule.contract.admission.SessionRef;
import io.vestibule.contract.error.CloseReason;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.contract.log.EventLog;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.contract.log.LogKey;
import io.vestibule.contract.presence.UserStatus;
import io.vestibule.gateway.admission.AdmissionClient;
import io.vestibule.gateway.admission.Admissions;
import io.vestibule.gateway.metrics.JobMeters;
import io.vestibule.gateway.session.ConnectionState.Authenticated;
import io.vestibule.gateway.session.ConnectionState.Known;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Tells coordinators, unasked, how the sessions of an event loop are: what they are to {@link SessionMemory remember}, that their client has read its token, that their socket is gone. Nobody
 * waits for these answers. What changed is saved with the next tick, one save of a session at a time, so that many changes cost one.
 */
public final class SessionKeeper {
  private static final EventLog LOG = EventLog.of(SessionKeeper.class);
  /** After this time whoever wants to leave is told that nobody answered; as over HTTP. */
  private static final long LEAVES_WITHIN_MS = 9_500;

  private final Admissions admissions;
  private final SessionMemory memory;
  private final String gateway;
  private final JobMeters jobs;
  private List<Connection> changed = new ArrayList<>();

  /**
   * The keeper of an event loop.
   *
   * @param memory what sessions remember
   * @param gateway the node id
   * @param jobs measures the saves
   */
  SessionKeeper(Admissions admissions, SessionMemory memory, String gateway, JobMeters jobs) {
    this.admissions = admissions;
    this.memory = memory;
    this.gateway = gateway;
    this.jobs = jobs;
  }

  /** What its sessions remember. */
  SessionMemory memory() {
    return memory;
  }

  Holder holder(Connection connection) {
    return new Holder(gateway, connection.id());
  }

  /** Something that the session remembers has changed. */
  void changed(Connection connection) {
    if (connection.state() instanceof Known known && known.session() != null && known.session().stateKnown && !known.session().dirty) {
      known.session().dirty = true;
      if (!known.session().saving) {
        changed.add(connection);
      }
    }
  }

  /** Saves what has changed since the last time. */
  public void tick() {
    if (!changed.isEmpty()) {
      List<Connection> now = changed;
      changed = new ArrayList<>();
      now.forEach(this::save);
    }
  }

  private void save(Connection connection) {
    if (connection.state() instanceof Known known && known.session() != null && known.session().dirty) {
      Session session = known.session();
      session.saving = true;
      ask(connection, saveOf(connection, known)).onComplete((done, failed) -> {
        session.saving = false;
        session.dirty |= failed != null;
        if (session.dirty) {
          changed.add(connection);
        }
      });
    }
  }

  private Save saveOf(Connection connection, Known known) {
    Session session = known.session();
    String state = memory.stateOf(connection, known);
    session.dirty = false;
    session.version++;
    return new Save(session.queue(), session.ref(), holder(connection), session.version, state);
  }

  /**
   * Gives a session attributes of the application's own.
   *
   * @param more merged into those that are there, member by member; null takes one away
   * @return whether there is a session that could take them
   * @throws Failure {@code SESSION_TOO_LARGE}, and nothing has changed
   */
  boolean setAttributes(Connection connection, JsonObject more) {
    if (!(connection.state() instanceof Authenticated known) || known.session() == null) {
      return false;
    }
    memory.setAttributes(connection, known, more);
    changed(connection);
    return true;
  }

  /**
   * Has the session remember what its user says of himself; without one there is nobody to remember it.
   *
   * @param accepted is told of it where there is room
   * @throws Failure {@code SESSION_TOO_LARGE}, and nothing has changed
   */
  void setStatus(Connection connection, UserStatus status, Consumer<UserStatus> accepted) {
    if (connection.state() instanceof Authenticated known && known.session() != null) {
      memory.setStatus(connection, known, status);
      changed(connection);
    }
    accepted.accept(status);
  }

  /** The client sent something, or answered a ping: it has read what was sent before. */
  void heard(Connection connection, Session session) {
    if (session.confirms()) {
      tell(connection, new Confirm(session.queue(), session.ref(), session.claim().generation()));
    }
  }

  /** A waiter may not be admitted now, or may be again. */
  void away(Connection connection, Session session, boolean away) {
    tell(connection, new Away(session.queue(), session.ref(), holder(connection), away));
  }

  /** The connection is not alive any more, or gives its session back: saves what was not, and lets go of the session. */
  void departed(Connection connection, Known known, CloseReason reason) {
    Session session = known.session();
    if (session == null || session.ended) {
      return;
    }
    session.ended = true;
    if (reason == CloseReason.DISCONNECTED) {
      // Sent away by the application and told not to come back with what it has: nobody is kept waiting for its slot.
      tell(connection, new Leave(session.queue(), session.ref()));
      return;
    }
    if (session.dirty) {
      tell(connection, saveOf(connection, known));
    }
    tell(connection, new Detach(session.queue(), session.ref(), holder(connection)));
  }

  /** The client leaves for good. It is told so when that is done; asking again meanwhile changes nothing, so that nobody fills the way to the coordinators. */
  Future<Void> leave(Connection connection, Session session, String frameId) {
    if (session.ended) {
      return Future.succeededFuture();
    }
    if (session.leaving) {
      return Promise.<Void>promise().future();
    }
    session.leaving = true;
    session.leaveId = frameId;
    return admissions.ask(new Leave(session.queue(), session.ref()), connection.id()).timeout(LEAVES_WITHIN_MS, TimeUnit.MILLISECONDS)
        .<Void>compose(answer -> {
          session.ended |= answer instanceof Done;
          return answer instanceof Done ? Future.succeededFuture()
              : Future.failedFuture(answer instanceof Refused refused ? Failure.of(refused.reason()).retryAfter(refused.retryAfterMs()) : Failure.of(ErrorReason.INTERNAL));
        })
        .recover(failed -> {
          session.leaving = false;
          return Future.failedFuture(failed instanceof TimeoutException ? Failure.of(ErrorReason.ADMISSION_UNAVAILABLE).retryAfter(AdmissionClient.RETRY_MS) : failed);
        });
  }

  /** Makes sure that what is known here is saved before its subscriptions are forgotten here; they rest with the session. */
  void rest(Connection connection, Authenticated known) {
    Session session = known.session();
    if (session.dirty) {
      tell(connection, saveOf(connection, known));
    }
    session.resting = SavedState.decode(known.userId(), memory.stateOf(connection, known)).orElse(null);
    session.stateKnown = session.resting != null;
  }

  /** Lets go of a session that was given to a connection which has no use for it. */
  void giveBack(Connection connection, String queue, SessionRef session) {
    tell(connection, new Detach(queue, session, holder(connection)));
  }

  private Future<AdmissionAnswer> ask(Connection connection, AdmissionCommand command) {
    Future<AdmissionAnswer> answer = admissions.ask(command, connection.id());
    return command instanceof Save ? jobs.measured(JobMeters.Job.SESSION_SAVE, answer) : answer;
  }

  private void tell(Connection connection, AdmissionCommand command) {
    ask(connection, command).onFailure(failed ->
        // The coordinator finds out by asking for the sockets; until then it is one slot in use at the worst.
        LOG.warn(LogEvent.ADMISSION_UNTOLD, connection.id()).with(LogKey.CALL, command.getClass().getSimpleName())
            .with(LogKey.REASON, failed instanceof Failure failure ? failure.reason().slug() : ErrorReason.INTERNAL.slug()).write());
  }
}
