package io.vestibule.gateway.session;

import io.vertx.core.Future;
import io.vestibule.contract.error.CloseReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.frame.ServerFrame;
import io.vestibule.gateway.session.ConnectionState.Anonymous;
import io.vestibule.gateway.session.ConnectionState.Authenticated;
import io.vestibule.gateway.session.ConnectionState.Closed;
import io.vestibule.gateway.session.ConnectionState.Closing;
import io.vestibule.gateway.session.ConnectionState.Guest;
import io.vestibule.gateway.session.ConnectionState.Known;
import io.vestibule.gateway.session.ConnectionState.Live;
import io.vestibule.gateway.topic.Principal;
import io.vestibule.gateway.topic.TopicPattern;
import io.vestibule.gateway.transport.Transport;

/**
 * One client's connection: its state, what it is subscribed to, and how it behaves. Everything happens on its event loop. Many thousands of these are
 * held, so what is needed seldom is made late.
 */
public final class Connection extends ConnectionTopics {
  private static final long GOODBYE_MS = 5_000;

  private final String id;
  private final String remote;
  private final long openedAtMs;
  private ConnectionState state;
  /** How many answers of coordinators it has had: a question that is asked again has the number that it had. */
  int answers;
  long seenAtMs;
  long pingedAtMs;
  long pongEpochMs = -1;
  long received;
  long quotaTatUs;
  long typingTatUs;
  long membershipTatUs;
  long malformedStrikes;
  long tooFastStrikes;
  long presenceTatUs;
  /** Of the user's own topic, as it was told where that begins; 0 before. */
  long ownEpoch;
  /** How much its socket waits for. */
  private byte waits;
  /** Whether the node counts it among those of its user. */
  boolean seated;

  Connection(ConnectionLoop loop, Transport transport, Dialect dialect, String id, String remote) {
    super(loop, transport, dialect);
    this.id = id;
    this.remote = remote;
    this.openedAtMs = loop.nowMs();
    this.state = new Anonymous(0, openedAtMs);
    this.seenAtMs = openedAtMs;
    this.pingedAtMs = openedAtMs;
  }

  @Override
  Connection self() {
    return this;
  }

  @Override
  boolean isLive() {
    return state instanceof Live;
  }

  /** The id that the client knows too; the flow of its log lines. */
  public String id() {
    return id;
  }

  /** Who counts for it: the address of the client, or its network. */
  public String remote() {
    return remote;
  }

  long openedAtMs() {
    return openedAtMs;
  }

  /** How long it is open, in milliseconds. */
  long ageMs() {
    return loop.nowMs() - openedAtMs;
  }

  /** Has its deadlines reckoned anew, because one of them moved. */
  void lookAgain() {
    loop.wake(this, loop.nowMs());
  }

  ConnectionState state() {
    return state;
  }

  /** Who it is, or null as long as nobody knows, and when it is going; a guest is nobody in particular. */
  public Principal principal() {
    return state instanceof Authenticated a ? a.identity().principal() : state instanceof Guest ? Guest.NOBODY : null;
  }

  /** Whose it is, also while it waits; null where nobody knows. */
  public String userId() {
    return state instanceof Known known ? known.userId() : null;
  }

  /** The one way from state to state. */
  void transition(ConnectionState next) {
    ConnectionState before = state;
    state = next;
    loop.changed(this, before, next);
  }

  /** The session that it holds, or null. */
  Session session() {
    return state instanceof Known known ? known.session() : null;
  }

  @Override
  void sessionChanged() {
    loop.keeper().changed(this);
  }

  /** It begins or ends to hear something, which its session is to remember unless it is brought by itself. */
  void sessionChanged(TopicPattern topic) {
    if (!isBrought(topic.text())) {
      sessionChanged();
    }
  }

  /** Demands that its session can remember one more topic. */
  void requireRoomFor(TopicPattern topic) {
    loop.keeper().memory().requireRoomFor(this, topic, 0);
  }

  /** Demands that its session can remember one more topic, and the place where it begins. */
  void requireRoomForGrant(TopicPattern topic) {
    loop.keeper().memory().requireRoomFor(this, topic, SavedState.MOST_OF_A_PLACE);
  }

  /** Gives up its session for good, if it has one; done when it is given up. */
  Future<Void> leaveSession(String frameId) {
    Session session = session();
    return session == null ? Future.succeededFuture() : loop.keeper().leave(this, session, frameId);
  }

  /** It has left, as it asked to. */
  void left(String frameId) {
    if (state instanceof Live) {
      send(new ServerFrame.Left(frameId));
      close(CloseReason.NORMAL);
    }
  }

  /** The client has shown that it reads. */
  private void heard() {
    Session session = session();
    if (session != null) {
      loop.keeper().heard(this, session);
    }
  }

  /** Its socket is not read before it is {@link #goOn told to go on}, as often as it was told to wait: what comes behind a frame that has to wait is answered behind it. */
  void await() {
    if (waits++ == 0) {
      transport().pause();
    }
  }

  /** What it was to wait for is there. */
  void goOn() {
    if (--waits == 0) {
      transport().resume();
    }
  }

  /** Counts a failure that the client is told of. */
  void counted(Failure failure) {
    loop.meters().error(failure.reason());
  }

  void error(String frameId, Failure failure, String topic, String messageId) {
    counted(failure);
    send(new ServerFrame.Error(frameId, failure, topic, messageId));
  }

  @Override
  public void close(CloseReason reason) {
    close(reason, reason.text());
  }

  /** Says goodbye with a word of its own for people. */
  public void close(CloseReason reason, String message) {
    if (state instanceof Live live) {
      say(new ServerFrame.Closing(reason, message, loop.retryAfterMs(reason)));
      transition(live.toClosing(reason, loop.nowMs() + GOODBYE_MS));
      transport().close(reason);
      loop.wake(this, loop.nowMs() + GOODBYE_MS);
    }
  }

  @Override
  public void received(byte[] text) {
    if (state instanceof Live) {
      seenAtMs = loop.nowMs();
      received++;
      heard();
      loop.frames().handle(this, text);
    }
  }

  @Override
  public void receivedBinary() {
    if (state instanceof Live) {
      seenAtMs = loop.nowMs();
      received++;
      loop.frames().handleBinary(this);
    }
  }

  @Override
  public void receivedForeign() {
    if (state instanceof Live) {
      seenAtMs = loop.nowMs();
      received++;
      heard();
    }
  }

  @Override
  public void pong() {
    seenAtMs = loop.nowMs();
    pongEpochMs = loop.epochMs();
    heard();
  }

  @Override
  public void pinged() {
    if (state instanceof Live) {
      seenAtMs = loop.nowMs();
      loop.frames().handlePing(this);
      answered();
    }
  }

  @Override
  public void violated(CloseReason reason) {
    close(reason);
  }

  @Override
  public void closed() {
    if (!(state instanceof Closed)) {
      transition(new Closed());
    }
  }
}
