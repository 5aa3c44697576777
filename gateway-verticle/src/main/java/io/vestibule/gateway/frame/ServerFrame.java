package io.vestibule.gateway.frame;

import io.vestibule.contract.admission.AdmissionAnswer.Standing;
import io.vestibule.contract.error.CloseReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.contract.presence.PresenceFound.Named;
import io.vestibule.gateway.fanout.Published;
import io.vestibule.gateway.log.HistoryPage;
import io.vestibule.gateway.log.Position;
import java.util.List;
import java.util.Map;

/** What the server says in the core dialect (docs/protocol.md, Server frames), but for {@code message}, which {@link FrameEncoder#message} makes. */
public sealed interface ServerFrame {

  /** A reply's {@code id} as JSON text, or null where there is none to echo. */
  default String id() {
    return null;
  }

  /**
   * The connection is in: {@code auth_success}, or {@code reconnect_success} where it goes on with a session.
   *
   * @param expiresAtMs when the token expires, Unix milliseconds
   * @param restored null where there was nothing to go on with
   */
  record AuthSuccess(String id, String userId, String connectionId, Resumable session, long expiresAtMs, Settings settings, Quota quota,
      Restored restored) implements ServerFrame {}

  /** The first word to somebody whom nobody asked who he is, in dialects that have such. */
  record Connected(String connectionId, List<String> topics) implements ServerFrame {}

  /**
   * What a session brought along.
   *
   * @param topics that it is subscribed to again
   * @param recovered whether nothing of them was missed, as far as that is known
   */
  record Restored(List<String> topics, Map<String, Boolean> recovered) {}

  /**
   * What a client needs to come back.
   *
   * @param resumeToken null where there is no session to come back to
   * @param resumeTtlMs how long it is good once the connection has dropped
   */
  record Resumable(String sessionId, String resumeToken, long resumeTtlMs) {}

  /**
   * The client is in the line.
   *
   * @param standing as the coordinator says
   * @param joinedAtMs Unix milliseconds
   */
  record Queued(String id, String resumeToken, String queue, Standing standing, long joinedAtMs) implements ServerFrame {}

  /**
   * An attempt to come back failed.
   *
   * @param attempt which one it was, 0 where they are not counted
   */
  record ReconnectFailed(String id, Failure failure, int attempt, int attemptsLeft) implements ServerFrame {}

  /** What the client should know of the server's settings; times in milliseconds, sizes in bytes, 0 means no limit. */
  record Settings(long heartbeatMs, long timeoutMs, long maxMessageBytes, int maxSubscriptions, int messagesPerSecond) {}

  /**
   * The state of a rate limit.
   *
   * @param limit the most at once, 0 where there is no limit
   * @param resetEpochSeconds when the quota is full again, Unix seconds
   * @param windowSeconds the time in which it fills
   */
  record Quota(int limit, int remaining, long resetEpochSeconds, long windowSeconds, String policy) {}

  record AuthError(String id, Failure failure) implements ServerFrame {}

  /**
   * A subscription stands.
   *
   * @param auto whether the server made it by itself
   * @param head where the topic's log ends for it, or null where the topic is not durable
   * @param recovered null where the client did not ask to recover
   */
  record Subscribed(String id, String topic, boolean auto, Position head, Boolean recovered) implements ServerFrame {}

  /**
   * A subscription to a pattern stands, with which the client asked to recover.
   *
   * @param recovered of each topic that it knew a place of, or that moved since
   */
  record SubscribedPattern(String id, String pattern, Map<String, Boolean> recovered) implements ServerFrame {}

  record Unsubscribed(String id, String topic) implements ServerFrame {}

  /** A publication has arrived. */
  record Ack(String id, String topic, String messageId, Published published) implements ServerFrame {}

  /** A part of what is kept of a topic. */
  record History(String id, String topic, HistoryPage page) implements ServerFrame {}

  /** What lies between two places of a topic's log is not to be had any more. */
  record Gap(String topic, Position from, Position to) implements ServerFrame {}

  /** How far members of a topic are. */
  record Receipt(String topic, List<Of> receipts) implements ServerFrame {
    public Receipt {
      receipts = List.copyOf(receipts);
    }

    /**
     * How far one is.
     *
     * @param delivered null where nothing is told of it
     * @param read the same
     */
    public record Of(String userId, Position delivered, Position read) {}
  }

  /** A user is typing in a topic, or has stopped. */
  record Typing(String topic, String userId, boolean typing) implements ServerFrame {}

  /** A user who is in a topic has come back to his session. */
  record Reconnected(String topic, String userId) implements ServerFrame {}

  record Refreshed(String id, long expiresAtMs) implements ServerFrame {}

  record TokenExpiring(long expiresAtMs) implements ServerFrame {}

  record Pong(String id) implements ServerFrame {}

  record Left(String id) implements ServerFrame {}

  /**
   * How the connection is.
   *
   * @param connectedMs milliseconds since the socket was opened
   * @param lastPongEpochMs when the last pong came, Unix milliseconds, or -1 before the first
   * @param messageCount frames received
   * @param reconnects how often the session came back
   */
  record Health(String id, long connectedMs, long lastPongEpochMs, long messageCount, int reconnects, String node, String status) implements ServerFrame {}

  /**
   * The node drains: the client should connect again, elsewhere, at a random moment inside the window. Its session is kept.
   *
   * @param deadlineMs when the server closes what is left, Unix milliseconds
   */
  record Move(long deadlineMs, long withinMs, String reason) implements ServerFrame {}

  /** What a watcher of a topic is told of who is there. */
  sealed interface PresenceTelling extends ServerFrame {
    /** The topic. */
    String topic();

    /** Counted for the watchers of a topic, one by one; 0 where nothing follows. */
    long rev();
  }

  /**
   * Who is in a topic.
   *
   * @param count users, whether they are named or not
   * @param sampled whether only some are named
   */
  record PresenceState(String id, String topic, long rev, int count, List<Named> members, boolean sampled) implements PresenceTelling {}

  /**
   * What has changed in a topic since the rev before; nobody is named where too many are there.
   *
   * @param leaves as they were
   */
  record PresenceDiff(String topic, long rev, int count, boolean sampled, List<Named> joins, List<Named> leaves, List<Named> updates) implements PresenceTelling {
    /** Whether nobody is named. */
    public boolean isEmpty() {
      return joins.isEmpty() && leaves.isEmpty() && updates.isEmpty();
    }
  }

  record PresenceUpdated(String id) implements ServerFrame {}

  record Closing(CloseReason reason, String message, long retryAfterMs) implements ServerFrame {}

  record Error(String id, Failure failure, String topic, String messageId) implements ServerFrame {}
}
