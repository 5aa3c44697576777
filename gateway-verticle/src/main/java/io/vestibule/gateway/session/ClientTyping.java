package io.vestibule.gateway.session;

import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.fanout.TypingPublisher;
import io.vestibule.gateway.frame.ClientFrame;
import io.vestibule.gateway.limit.Gcra;
import io.vestibule.gateway.metrics.LimitMeters;
import io.vestibule.gateway.metrics.LimitMeters.Policy;
import io.vestibule.gateway.topic.Permissions;
import io.vestibule.gateway.topic.Principal;
import io.vestibule.gateway.topic.TopicName;
import io.vestibule.gateway.typing.core.Typists;
import io.vestibule.gateway.typing.core.Typists.Said;
import io.vestibule.gateway.typing.core.Typists.Typist;
import java.util.function.LongSupplier;

/** That clients of an event loop are typing: in topics that they are subscribed to and may publish to, until they stop, leave, or say so no more. */
public final class ClientTyping {
  private static final int PER_SECOND = 10;
  private static final int AT_ONCE = 20;
  private static final int MOST = 20_000;
  private static final long MICROS_OF_A_MILLI = 1_000;
  private static final Gcra RATE = new Gcra(PER_SECOND, AT_ONCE);

  private final TypingPublisher publisher;
  private final Permissions permissions;
  private final LimitMeters meters;
  private final LongSupplier monotonicMs;
  private final Typists typists;

  public ClientTyping(TypingPublisher publisher, Permissions permissions, LimitMeters meters, LongSupplier monotonicMs) {
    this.publisher = publisher;
    this.permissions = permissions;
    this.meters = meters;
    this.monotonicMs = monotonicMs;
    this.typists = new Typists(MOST, ConnectionLoop.TICK_MS, monotonicMs.getAsLong());
  }

  void typing(Connection connection, Principal principal, ClientFrame.Typing frame) {
    try {
      take(connection);
      check(connection, principal, frame.topic());
      if (frame.typing()) {
        begin(new Typist(frame.topic(), principal.userId(), connection.id()));
      } else {
        left(connection, frame.topic());
      }
    } catch (Failure failure) {
      connection.error(frame.id(), failure, frame.topic(), null);
    }
  }

  /** Typing has a limit of its own: a client that tells of every key that is pressed must not lose its messages by that. */
  private void take(Connection connection) {
    long nowUs = monotonicMs.getAsLong() * MICROS_OF_A_MILLI;
    long waitUs = RATE.waitUs(connection.typingTatUs, nowUs);
    meters.checked(Policy.CONNECTION_TYPING, waitUs == 0);
    if (waitUs > 0) {
      throw Failure.of(ErrorReason.RATE_LIMITED, "Too many typing frames; slow down.").retryAfter(waitUs / MICROS_OF_A_MILLI + 1);
    }
    connection.typingTatUs = RATE.take(connection.typingTatUs, nowUs);
  }

  private void check(Connection connection, Principal principal, String topic) {
    TopicName.requirePublishable(topic);
    permissions.checkPublish(principal, topic);
    if (connection.subscriptions().stream().noneMatch(subscription -> subscription.text().equals(topic))) {
      throw Failure.of(ErrorReason.NOT_SUBSCRIBED);
    }
  }

  private void begin(Typist typist) {
    Said said = typists.typing(typist, monotonicMs.getAsLong());
    if (said == Said.FULL) {
      throw Failure.of(ErrorReason.UNAVAILABLE, "Too many are typing on this node right now.").retryAfter(Typists.HOLD_MS);
    }
    if (said == Said.TELL) {
      publisher.tell(typist, true);
    }
  }

  /** A connection has stopped typing in a topic, or is not subscribed to it any more. */
  void left(Connection connection, String topic) {
    Typist typist = typists.stopped(connection.id(), topic);
    if (typist != null) {
      publisher.tell(typist, false);
    }
  }

  /** A connection is not subscribed to anything any more. */
  void gone(Connection connection) {
    typists.gone(connection.id()).forEach(typist -> publisher.tell(typist, false));
  }

  /** Does what is due. */
  public void tick() {
    typists.advance(monotonicMs.getAsLong(), typist -> publisher.tell(typist, true), typist -> publisher.tell(typist, false));
  }
}
