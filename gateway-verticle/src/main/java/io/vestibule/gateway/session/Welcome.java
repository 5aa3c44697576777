package io.vestibule.gateway.session;

import io.vestibule.contract.admission.AdmissionAnswer.Standing;
import io.vestibule.gateway.admission.ResumeTokens;
import io.vestibule.gateway.frame.ServerFrame;
import io.vestibule.gateway.limit.Gcra;
import io.vestibule.gateway.session.ConnectionState.Authenticated;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The first words to somebody who is in, or in the line. */
final class Welcome {
  private static final String QUOTA_POLICY = "connection-messages";
  private static final long MICROS_OF_A_MILLI = 1_000;
  private static final long MICROS_OF_A_SECOND = 1_000_000;

  private final ResumeTokens tokens;
  private final Restoration restoration;
  private final OwnTopics ownTopics;
  private final ConnectionSettings settings;
  private final LoopClock clock;
  private final long resumeTtlMs;

  Welcome(ResumeTokens tokens, Restoration restoration, OwnTopics ownTopics, ConnectionSettings settings, LoopClock clock, long resumeTtlMs) {
    this.tokens = tokens;
    this.restoration = restoration;
    this.ownTopics = ownTopics;
    this.settings = settings;
    this.clock = clock;
    this.resumeTtlMs = resumeTtlMs;
  }

  /**
   * Says that the connection is in, and subscribes it to its user's own topic.
   *
   * @param restored what a session brought along, or null where it is a new one
   * @param places what is known of what it missed
   */
  void in(Connection connection, String frameId, Authenticated state, List<String> restored, Places places) {
    Session session = state.session();
    String own = state.identity().principal().userTopic();
    connection.send(new ServerFrame.AuthSuccess(frameId, state.userId(), connection.id(), resumable(connection, session), state.identity().expiresAtMs(),
        settings.told(), quota(connection), restored == null ? null : recovered(restored, own, places)));
    ownTopics.begin(connection, state, places.has(own));
    places.ways().forEach((topic, way) -> way.welcomed(topic.equals(own)));
    restoration.welcomed(connection);
  }

  /** What is not known yet is left out: the client is told when it is. */
  private static ServerFrame.Restored recovered(List<String> restored, String own, Places places) {
    Map<String, Boolean> recovered = new LinkedHashMap<>();
    restored.forEach(topic -> {
      if (!places.has(topic)) {
        recovered.put(topic, false);
      }
    });
    places.ways().forEach((topic, way) -> {
      if (way.recovered() != null && (!topic.equals(own) || places.offsets().containsKey(own))) {
        recovered.put(topic, way.recovered());
      }
    });
    return new ServerFrame.Restored(restored, recovered);
  }

  private ServerFrame.Resumable resumable(Connection connection, Session session) {
    return session == null
        ? new ServerFrame.Resumable("s-" + connection.id(), null, 0)
        : new ServerFrame.Resumable(session.id(), tokens.sign(session.queue(), session.claim()), resumeTtlMs);
  }

  /** Says where in the line it is. */
  void inLine(Connection connection, String frameId, Session session, Standing standing) {
    session.position = standing.position();
    connection.send(new ServerFrame.Queued(frameId, tokens.sign(session.queue(), session.claim()), session.queue(), standing,
        session.claim().joinedAtMs()));
  }

  private ServerFrame.Quota quota(Connection connection) {
    Gcra limit = settings.messages();
    long epochMs = clock.epochMs().getAsLong();
    if (limit == null) {
      return new ServerFrame.Quota(0, 0, epochMs / 1_000, 0, QUOTA_POLICY);
    }
    long nowUs = clock.monotonicMs().getAsLong() * MICROS_OF_A_MILLI;
    long fullUs = epochMs * MICROS_OF_A_MILLI + limit.fullInUs(connection.quotaTatUs, nowUs);
    return new ServerFrame.Quota(limit.burst(), limit.remaining(connection.quotaTatUs, nowUs),
        (fullUs + MICROS_OF_A_SECOND - 1) / MICROS_OF_A_SECOND, limit.windowSeconds(), QUOTA_POLICY);
  }
}
