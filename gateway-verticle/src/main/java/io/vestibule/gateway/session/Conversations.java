package io.vestibule.gateway.session;

import io.vertx.core.Context;
import io.vestibule.contract.error.CloseReason;
import io.vestibule.gateway.frame.ServerFrame;
import io.vestibule.gateway.members.NodeMemberships;
import io.vestibule.gateway.session.ConnectionState.Authenticated;
import io.vestibule.gateway.topic.TopicPattern;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Brings to somebody everything of a kind that he is a member of, without his asking for each. One event loop. */
public final class Conversations {
  private static final long RETRY_MS = 1_000;

  private final Context context;
  private final LoopMemberships members;
  private final NodeMemberships node;
  private final MemberTopics topics;
  private final Subscriptions subscriptions;
  private final LoopPresence presence;
  private final Predicate<String> meant;
  private final int most;

  /**
   * Those of an event loop.
   *
   * @param meant which topics
   * @param most of them for one connection
   */
  public Conversations(Context context, LoopMemberships members, NodeMemberships node, MemberTopics topics, Subscriptions subscriptions, LoopPresence presence, Predicate<String> meant,
      int most) {
    this.context = context;
    this.members = members;
    this.node = node;
    this.topics = topics;
    this.subscriptions = subscriptions;
    this.presence = presence;
    this.meant = meant;
    this.most = most;
  }

  /** Somebody comes in: when he has been told so, what he is a member of is brought to him, from where his device is. */
  public void enter(Connection connection) {
    context.runOnContext(told -> follow(connection));
  }

  private void follow(Connection connection) {
    if (connection.state() instanceof Authenticated state) {
      members.know(state.userId()).onComplete(known -> {
        List<String> all = node.topics(state.userId()).stream().filter(meant).sorted().limit(most).toList();
        // Those that his session has brought.
        connection.subscriptions().stream().map(TopicPattern::text).filter(meant).toList().forEach(topic -> watch(connection, topic));
        all.forEach(topic -> begin(connection, topic));
      }, failed -> context.owner().timer(RETRY_MS, TimeUnit.MILLISECONDS).onComplete(again -> follow(connection)));
    }
  }

  /** Whether the user of a connection is known to be a member of a topic. */
  public boolean isMember(Connection connection, String topic) {
    return connection.userId() != null && members.word(connection.userId(), topic) != null;
  }

  /** Brings it, unless it is brought already. */
  public void begin(Connection connection, String topic) {
    topics.begin(connection, topic);
  }

  /** Tells who is in a topic, as soon as the connection was told that it has it. */
  public void watch(Connection connection, String topic) {
    context.runOnContext(told -> {
      TopicPattern pattern = TopicPattern.parse(topic);
      if (connection.state() instanceof Authenticated state && presence.isShown(state.identity().principal(), pattern)) {
        subscriptions.watch(connection, pattern);
      }
    });
  }

  /** Tells somebody that he is not let in. */
  public void refuse(Connection connection, ServerFrame.AuthError refusal) {
    connection.send(refusal);
  }

  /** Closes it, but not in the middle of what it is doing just now. */
  public void closeLater(Connection connection, CloseReason reason) {
    context.runOnContext(later -> connection.close(reason));
  }
}
