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
import io.vestibule.gateway.auth.Claims;
import io.vestibule.gateway.metrics.JobMeters;
import io.vestibule.gateway.session.ConnectionState.Authenticated;
import io.vestibule.gateway.session.ConnectionState.Known;
import io.vestibule.gateway.session.ConnectionState.Waiting;
import io.vestibule.gateway.session.SavedState.Grant;
import io.vestibule.gateway.topic.Permissions;
import io.vestibule.gateway.topic.TopicPattern;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Tells coordinators, unasked, how the sessions of an event loop are: what they are to remember, that their client has read its token, that their socket is gone. Nobody
 * waits for these answers. What changed is saved with the next tick, one save of a session at a time, so that many changes cost one.
 */
public final class SessionKeeper {
  private static final EventLog LOG = EventLog.of(SessionKeeper.class);
  /** After this time whoever wants to leave is told that nobody answered; as over HTTP. */
  private static final long LEAVES_WITHIN_MS = 9_500;

  private final Admissions admissions;
  private final Permissions permissions;
  private final String gateway;
  private final long maxBytes;
  private final JobMeters jobs;
  private List<Connection> changed = new ArrayList<>();

  /**
   * The keeper of an event loop.
   *
   * @param gateway the node id
   * @param maxBytes what a session may remember
   * @param jobs measures the saves
   */
  public SessionKeeper(Admissions admissions, Permissions permissions, String gateway, long maxBytes, JobMeters jobs) {
    this.admissions = admissions;
    this.permissions = permissions;
    this.gateway = gateway;
    this.maxBytes = maxBytes;
    this.jobs = jobs;
  }

  Holder holder(Connection connection) {
    return new Holder(gateway, connection.id());
  }

  /** What a session remembers from its first moment, or null where that is nothing; it travels with the join, so that it is there as soon as the place is. */
  String beginning(Claims claims, String device) {
    return SavedState.beginning(claims, device, maxBytes).orElse(null);
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
    String state = stateOf(connection, known);
    session.dirty = false;
    session.version++;
    return new Save(session.queue(), session.ref(), holder(connection), session.version, state);
  }

  /** What is to be remembered, measured, with the room that it will take when it is known where all grants begin. */
  private String stateOf(Connection connection, Known known) {
    Session session = known.session();
    var topics = new ArrayList<String>();
    var granted = new ArrayList<Grant>();
    var watched = new ArrayList<>(connection.watched().stream().filter(topic -> !connection.isBrought(topic)).toList());
    if (session.resting != null) {
      topics.addAll(session.resting.topics());
      granted.addAll(session.resting.granted());
      watched.addAll(session.resting.watched());
    }
    if (known instanceof Authenticated a) {
      for (TopicPattern pattern : connection.subscriptions()) {
        if (!pattern.text().equals(a.identity().principal().userTopic()) && !connection.isBrought(pattern.text())) {
          // Whoever is no member any more must not have it again as if a server had given it to him.
          boolean asked = permissions.maySubscribe(a.identity().principal(), pattern) || permissions.needsMembers(pattern);
          if (asked) {
            topics.add(pattern.text());
          } else {
            granted.add(new Grant(pattern.text(), connection.grants.since(pattern.text())));
          }
        }
      }
    }
    Identity identity = identityOf(known);
    Claims claims = identity != null && SavedState.remembers(identity.claims(), maxBytes) ? identity.claims() : null;
    SavedState saved = new SavedState(claims, session.lastChance, topics, granted, session.attributes, session.reconnects, watched, session.status, session.device);
    String state = saved.encode();
    session.stateBytes = lengthOf(state) + saved.roomForPlaces();
    if (lengthOf(state) > maxBytes) {
      // It was saved before there were places, without room for them: what it is subscribed to is worth more.
      state = saved.withoutPlaces().encode();
    }
    return state;
  }

  private static Identity identityOf(Known known) {
    return known instanceof Authenticated a ? a.identity() : ((Waiting) known).identity();
  }

  static int lengthOf(String state) {
    return state.getBytes(StandardCharsets.UTF_8).length;
  }

  /**
   * Demands that the session can remember one more topic.
   *
   * @param besides what else it will have to remember of it, in bytes
   * @throws Failure {@code SESSION_TOO_LARGE}
   */
  void requireRoomFor(Connection connection, TopicPattern topic, int besides) {
    if (connection.state() instanceof Known known && known.session() != null) {
      Session session = known.session();
      int more = topic.text().length() + "\"\",".length() + besides;
      if (session.stateBytes == 0 || session.stateBytes + more > maxBytes) {
        // It was only ever added to: what was given up since then is found out here.
        stateOf(connection, known);
      }
      if (session.stateBytes + more > maxBytes) {
        throw tooLarge();
      }
      session.stateBytes += more;
    }
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
    Session session = known.session();
    JsonObject merged = session.attributes == null ? new JsonObject() : new JsonObject(session.attributes);
    more.forEach(member -> {
      if (member.getValue() == null) {
        merged.remove(member.getKey());
      } else {
        merged.put(member.getKey(), member.getValue());
      }
    });
    String before = session.attributes;
    session.attributes = merged.isEmpty() ? null : merged.encode();
    stateOf(connection, known);
    if (session.stateBytes > maxBytes) {
      session.attributes = before;
      stateOf(connection, known);
      throw tooLarge();
    }
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
      UserStatus before = known.session().status;
      known.session().status = status;
      stateOf(connection, known);
      if (known.session().stateBytes > maxBytes) {
        known.session().status = before;
        stateOf(connection, known);
        throw tooLarge();
      }
      changed(connection);
    }
    accepted.accept(status);
  }

  private Failure tooLarge() {
    return Failure.of(ErrorReason.SESSION_TOO_LARGE).with("limit", maxBytes);
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
    session.resting = SavedState.decode(known.userId(), stateOf(connection, known)).orElse(null);
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
