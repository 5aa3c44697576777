package io.vestibule.gateway.session;

import io.vertx.core.Future;
import io.vestibule.contract.admission.AdmissionAnswer.Admitted;
import io.vestibule.contract.log.EventLog;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.gateway.auth.Claims;
import io.vestibule.gateway.frame.ServerFrame;
import io.vestibule.gateway.metrics.GatewayMeters;
import io.vestibule.gateway.session.ConnectionState.Authenticated;
import io.vestibule.gateway.session.ConnectionState.Joining;
import io.vestibule.gateway.session.ConnectionState.Waiting;
import io.vestibule.gateway.topic.UserTopic;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Lets somebody in whom a coordinator admitted: with the token's claims or those that the session remembers, and with all else that it remembers. */
final class Entry {
  /** Who comes back with an expired token has so long to bring a new one. */
  static final long LAST_CHANCE_MS = 30_000;

  private static final EventLog LOG = EventLog.of(Entry.class);

  private final Restoration restoration;
  private final LoopMemberships members;
  private final MemberTopics memberTopics;
  private final OwnTopics ownTopics;
  private final SessionKeeper keeper;
  private final Welcome welcome;
  private final ConnectionSettings settings;
  private final LoopClock clock;
  private final GatewayMeters meters;

  Entry(Restoration restoration, LoopMemberships members, MemberTopics memberTopics, OwnTopics ownTopics, SessionKeeper keeper, Welcome welcome, ConnectionSettings settings, LoopClock clock, GatewayMeters meters) {
    this.restoration = restoration;
    this.members = members;
    this.memberTopics = memberTopics;
    this.ownTopics = ownTopics;
    this.keeper = keeper;
    this.welcome = welcome;
    this.settings = settings;
    this.clock = clock;
    this.meters = meters;
  }

  /**
   * Whoever asked is let in.
   *
   * @return false where its token has expired and it had its last chance; nothing has changed then
   */
  boolean enter(Connection connection, Joining state, Session session, Admitted admitted) {
    SavedState saved = savedFor(connection, session, admitted.state());
    Identity identity = state.arrival().identity();
    if (identity == null) {
      identity = remembered(session, saved);
      if (hasEnded(identity)) {
        if (session.lastChance) {
          restoration.giveUp(connection);
          return false;
        }
        identity = lastChance(session, identity);
      }
    } else {
      session.lastChance = false;
    }
    take(session, admitted, saved);
    arrive(connection, state.toAuthenticated(session, identity, noticeAtMs(session, identity)), state.arrival().frameId(), admitted, saved);
    return true;
  }

  /**
   * Has looked, while the client waits for the answer, what it missed of its own topic, and of those that its session is subscribed to. It does not wait for long: what is not known then, the client is told later.
   *
   * @return done when there is nothing more to wait for
   */
  Future<Void> prepare(Connection connection, Arrival arrival, Admitted admitted) {
    SavedState saved = SavedState.decode(arrival.userId(), admitted.state()).orElse(SavedState.NOTHING);
    List<String> remembered = remembered(connection, saved);
    Set<String> topics = new HashSet<>(remembered);
    restoration.recall(connection, saved.granted());
    saved.granted().forEach(grant -> topics.add(grant.topic()));
    String own = UserTopic.of(arrival.userId());
    topics.add(own);
    String device = arrival.resumes() ? saved.device() : arrival.device();
    Future<Void> ofMembers = memberTopics.prepare(connection, arrival.userId(), device, remembered, arrival.places());
    return ownTopics.prepare(connection, own, device, arrival.places()).compose(known -> ofMembers).compose(known -> {
      topics.retainAll(arrival.places().begins().keySet());
      boolean goesOn = !topics.isEmpty() && connection.state() instanceof Joining joining && joining.arrival() == arrival;
      return goesOn ? restoration.prepare(connection, topics, arrival.places()) : Future.<Void>succeededFuture();
    });
  }

  /** What a client had subscribed to, as far as it is not brought to it anyway where it is now. */
  private static List<String> remembered(Connection connection, SavedState saved) {
    return saved.topics().stream().filter(topic -> !connection.isBrought(topic)).toList();
  }

  /** Whoever was in without a session is let in so. */
  void enterWithout(Connection connection, Joining state) {
    Identity identity = state.arrival().identity();
    connection.transition(state.toAuthenticated(null, identity, Deadlines.noticeAtMs(identity.expiresAtMs(), clock.epochMs().getAsLong())));
    meters.authSucceeded();
    welcome.in(connection, state.arrival().frameId(), (Authenticated) connection.state(), null, new Places(Map.of()));
    connection.lookAgain();
  }

  /** Whoever came back is let in, and his connection has gone meanwhile: his session is waited for again. */
  void missed(Connection connection, Arrival arrival, Admitted admitted) {
    Session session = new Session(arrival.queue(), admitted.claim(), true);
    SavedState saved = savedFor(connection, session, admitted.state());
    restoration.missed(connection.id(), remembered(session, saved), session, saved);
  }

  /**
   * A waiter is let in, unless its token has expired meanwhile: then it is away until it brings another. One that came back and of whose token nothing is remembered, because it says too much,
   * is let in with its last chance.
   */
  void promote(Connection connection, Waiting state, Admitted admitted) {
    Session session = state.session();
    SavedState saved = session.stateKnown && session.resting == null ? null : savedFor(connection, session, admitted.state());
    Identity identity = state.identity() != null ? state.identity() : remembered(session, saved);
    if (state.identity() == null && (saved == null || saved.claims() == null) && !session.lastChance) {
      identity = lastChance(session, identity);
    } else if (hasEnded(identity)) {
      session.renew(admitted.claim());
      connection.transition(state.toAway(identity));
      connection.send(new ServerFrame.TokenExpiring(identity.expiresAtMs()));
      keeper.away(connection, session, true);
      return;
    }
    session.renew(admitted.claim());
    if (saved != null) {
      take(session, admitted, saved);
    }
    session.version = Math.max(session.version, admitted.version());
    arrive(connection, state.toAuthenticated(identity, noticeAtMs(session, identity)), state.frameId(), admitted,
        saved == null ? SavedState.NOTHING : saved);
  }

  /**
   * Recalls what a session of somebody who came back into the line remembers, so that it can be saved again with a new token.
   *
   * @return what is remembered of its token, or null where nothing is
   */
  Identity remembered(Connection connection, Session session, String state) {
    Optional<SavedState> readable = SavedState.decode(session.claim().user(), state);
    readable.ifPresent(saved -> {
      session.resting = saved;
      session.attributes = saved.attributes();
      session.status = saved.status();
      session.reconnects = saved.reconnects();
      session.device = saved.device();
      session.stateKnown = true;
      // So that it is known by the time when it is let in.
      members.prepare(session.claim().user(), saved.topics());
    });
    SavedState saved = readable.orElseGet(() -> unreadable(connection));
    return saved.claims() == null ? null : remembered(session, saved);
  }

  private SavedState savedFor(Connection connection, Session session, String state) {
    return SavedState.decode(session.claim().user(), state).orElseGet(() -> unreadable(connection));
  }

  private static SavedState unreadable(Connection connection) {
    LOG.warn(LogEvent.SESSION_UNREADABLE, connection.id()).write();
    return SavedState.NOTHING;
  }

  private void take(Session session, Admitted admitted, SavedState saved) {
    // A save that is under way has a higher one.
    session.version = Math.max(session.version, admitted.version());
    session.resting = null;
    session.attributes = saved.attributes();
    session.status = saved.status();
    session.reconnects = saved.reconnects();
    if (session.returned()) {
      session.device = saved.device();
    }
    session.stateKnown = true;
  }

  /** What the session remembers of its last token; of one that nobody knows only the user is left, and nothing is permitted. */
  private static Identity remembered(Session session, SavedState saved) {
    if (saved.claims() != null) {
      session.lastChance = saved.lastChance();
      return Identity.of(saved.claims());
    }
    return Identity.of(new Claims(session.claim().user(), 0, List.of(), List.of(), Set.of(), null, null, session.claim().userClass(), false));
  }

  private boolean hasEnded(Identity identity) {
    return clock.epochMs().getAsLong() >= identity.expiresAtMs() + settings.leewayMs();
  }

  private Identity lastChance(Session session, Identity identity) {
    session.lastChance = true;
    Claims c = identity.claims();
    return new Identity(new Claims(c.userId(), clock.epochMs().getAsLong() + LAST_CHANCE_MS, c.subscribe(), c.publish(), c.api(), c.info(),
        c.maxConnections(), c.priorityClass(), c.admin()), identity.principal());
  }

  private long noticeAtMs(Session session, Identity identity) {
    long now = clock.epochMs().getAsLong();
    return session.lastChance ? now : Deadlines.noticeAtMs(identity.expiresAtMs(), now);
  }

  private void arrive(Connection connection, Authenticated state, String frameId, Admitted admitted, SavedState saved) {
    // A coordinator that took over counts everybody as come back of whom something is stored; whoever showed a JWT on this socket is told auth_success all the same.
    boolean resumed = admitted.resumed() && state.session().returned();
    connection.transition(state);
    meters.authSucceeded();
    Places places = state.session().places == null ? new Places(Map.of()) : state.session().places;
    state.session().places = null;
    List<String> remembered = remembered(connection, saved);
    List<String> late = memberTopics.late(connection, state.userId(), remembered, places);
    List<String> now = members.restorable(state.userId(), remembered).stream().filter(topic -> !late.contains(topic)).toList();
    List<String> restored = restoration.restore(connection, state.identity().principal(), now, saved.granted());
    if (resumed) {
      state.session().reconnects++;
    }
    restoration.beginRestored(connection, restored, state.identity().principal().userTopic(), places);
    welcome.in(connection, frameId, state, resumed ? restored : null, places);
    restored.forEach(topic -> memberTopics.begun(connection, topic));
    late.forEach(topic -> memberTopics.begin(connection, topic));
    restoration.watchAgain(connection, state.identity().principal(), saved.watched());
    if (resumed) {
      restoration.returned(connection, state);
    }
    // Of somebody new everything was stored with the place, unless his session is older.
    if (state.session().returned() || !saved.granted().isEmpty()) {
      keeper.changed(connection);
    }
    connection.lookAgain();
  }
}
