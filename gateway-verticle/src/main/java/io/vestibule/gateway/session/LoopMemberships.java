package io.vestibule.gateway.session;

import io.vertx.core.Future;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.frame.ServerFrame;
import io.vestibule.gateway.limit.Gcra;
import io.vestibule.gateway.members.NodeMemberships;
import io.vestibule.gateway.members.NodeMemberships.Turned;
import io.vestibule.gateway.members.core.Word;
import io.vestibule.gateway.metrics.LimitMeters;
import io.vestibule.gateway.metrics.LimitMeters.Policy;
import io.vestibule.gateway.session.ConnectionState.Authenticated;
import io.vestibule.gateway.topic.Audience;
import io.vestibule.gateway.topic.Permissions;
import io.vestibule.gateway.topic.Principal;
import io.vestibule.gateway.topic.TopicName;
import io.vestibule.gateway.topic.TopicPattern;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Sees to it that the node knows what a user of this event loop is a member of before anything is decided by that, and ends what somebody gets who is no member any more. Who never touches a topic with members is
 * never asked about.
 */
public final class LoopMemberships {
  /** Somebody of whom it was found out for a connection that is not in yet is kept in mind so long. */
  private static final long KEPT_MS = 5_000;
  private static final long SWEEP_MS = 2_000;
  private static final long MICROS_OF_A_MILLI = 1_000;
  /** Each change is stored twice or more, and told to all nodes. */
  private static final Gcra CHANGES = Gcra.perMinute(60);

  private final NodeMemberships node;
  private final Permissions permissions;
  private final Subscriptions subscriptions;
  private final LoopClock clock;
  private final LimitMeters meters;
  private final Map<String, Long> held = new HashMap<>();
  private long sweptMs;

  /** Those of an event loop. */
  public LoopMemberships(NodeMemberships node, Permissions permissions, Subscriptions subscriptions, LoopClock clock, LimitMeters meters) {
    this.node = node;
    this.permissions = permissions;
    this.subscriptions = subscriptions;
    this.clock = clock;
    this.meters = meters;
  }

  /**
   * Whether it is not known yet what somebody may do with a topic.
   *
   * @param topic or a pattern, as the client wrote it; null for none
   */
  boolean isOpen(Principal principal, String topic) {
    return topic != null && principal.userId() != null && needs(topic) && !node.knows(principal.userId());
  }

  private boolean needs(String topic) {
    if (topic.indexOf('*') < 0) {
      return permissions.needsMembers(topic);
    }
    try {
      return permissions.needsMembers(TopicPattern.parse(topic));
    } catch (Failure noPattern) {
      // It fails anyway.
      return false;
    }
  }

  /**
   * Finds out what it has to know, and goes on; the socket is not read meanwhile, so that what the client sent behind it comes behind it.
   *
   * @param failed is told where it cannot be found out
   */
  void find(Connection connection, Authenticated state, Runnable then, Consumer<Failure> failed) {
    connection.await();
    know(state.userId()).onComplete((known, thrown) -> {
      if (thrown == null) {
        then.run();
      } else {
        failed.accept(thrown instanceof Failure failure ? failure : Failure.of(ErrorReason.INTERNAL));
      }
      connection.goOn();
    });
  }

  /** What is known of somebody's membership; null where he is no member, or nothing is known. */
  Word word(String userId, String topic) {
    return node.word(userId, topic);
  }

  /** Whether it is known what somebody is a member of. */
  boolean knows(String userId) {
    return node.knows(userId);
  }

  /**
   * Makes somebody a member of a topic that is open to him, or a member no more; nobody does that very often.
   *
   * @return done when it is so, and known on this node; fails with a {@link Failure}
   * @throws Failure {@code FORBIDDEN_SUBSCRIBE} where only servers may do that
   */
  Future<Void> turn(Connection connection, Principal principal, String topic, boolean member) {
    TopicName.requirePublishable(topic);
    if (!permissions.rules().ruleFor(topic).open() || !principal.subscribe().allows(topic)) {
      throw Failure.of(ErrorReason.FORBIDDEN_SUBSCRIBE, "Only servers make somebody a member of this topic, or a member no more.").with("topic", topic);
    }
    return know(principal.userId()).compose(known -> {
      if (node.word(principal.userId(), topic) != null == member) {
        return Future.succeededFuture();
      }
      take(connection);
      return node.turn(principal.userId(), topic, member, permissions.rules().ruleFor(topic).durable());
    });
  }

  private void take(Connection connection) {
    long nowUs = clock.monotonicMs().getAsLong() * MICROS_OF_A_MILLI;
    long waitUs = CHANGES.waitUs(connection.membershipTatUs, nowUs);
    meters.checked(Policy.MEMBERSHIP_CHANGES, waitUs == 0);
    if (waitUs > 0) {
      throw Failure.of(ErrorReason.RATE_LIMITED, "Too many topics were joined and left; slow down.").with("policy", Policy.MEMBERSHIP_CHANGES.label()).retryAfter(waitUs / MICROS_OF_A_MILLI + 1);
    }
    connection.membershipTatUs = CHANGES.take(connection.membershipTatUs, nowUs);
  }

  /** Finds out what somebody is a member of. */
  Future<Void> know(String userId) {
    held.put(userId, clock.monotonicMs().getAsLong());
    return node.know(this, userId);
  }

  /** Finds out what has to be known to subscribe somebody again to these topics; done when it is, or cannot be. */
  Future<Void> prepare(String userId, List<String> topics) {
    return topics.stream().anyMatch(this::needs) ? know(userId).otherwiseEmpty() : Future.succeededFuture();
  }

  /** Those of the topics that can be subscribed to again: a pattern would bring nothing as long as it is not known of what. */
  List<String> restorable(String userId, List<String> topics) {
    return node.knows(userId) ? topics : topics.stream().filter(topic -> !needs(topic)).toList();
  }

  /** Hears who has become a member of what on this node, and who is none any more on any. What two threads tell may come in another order than it was found out, so what is known now counts. */
  public void turned(ConnectionLoop connections, List<Turned> all) {
    for (Turned turned : all) {
      if (turned.member() != node.isMember(turned.userId(), turned.topic())) {
        continue;
      }
      List<Connection> his = connections.ofUser(turned.userId());
      if (turned.member()) {
        List.copyOf(his).forEach(connection -> connection.becameMember(turned.topic()));
      } else {
        boolean onlyMembers = permissions.rules().ruleFor(turned.topic()).subscribe() == Audience.MEMBERS;
        his.stream().filter(connection -> onlyMembers || connection.isBrought(turned.topic())).toList().forEach(connection -> end(connection, turned.topic()));
      }
    }
  }

  private void end(Connection connection, String topic) {
    if (connection.principal() != null && subscriptions.endMembership(connection, TopicPattern.parse(topic))) {
      connection.send(new ServerFrame.Unsubscribed(null, topic));
    }
  }

  /** Forgets those whose last connection has gone. */
  public void tick(ConnectionLoop connections) {
    long nowMs = clock.monotonicMs().getAsLong();
    if (nowMs - sweptMs >= SWEEP_MS && !held.isEmpty()) {
      sweptMs = nowMs;
      held.entrySet().removeIf(entry -> {
        boolean gone = nowMs - entry.getValue() > KEPT_MS && connections.ofUser(entry.getKey()).isEmpty();
        if (gone) {
          node.release(this, entry.getKey());
        }
        return gone;
      });
    }
  }
}
