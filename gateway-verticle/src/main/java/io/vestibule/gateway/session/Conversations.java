package io.vestibule.gateway.session;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vestibule.contract.error.CloseReason;
import io.vestibule.gateway.frame.ServerFrame;
import io.vestibule.gateway.members.NodeMemberships;
import io.vestibule.gateway.session.ConnectionState.Authenticated;
import io.vestibule.gateway.topic.Permissions;
import io.vestibule.gateway.topic.TopicPattern;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Brings to somebody everything of a kind that he is a member of, without his asking for each. One event loop. */
public final class Conversations {
  private static final long RETRY_MS = 1_000;

  private final Context context;
  private final LoopMemberships members;
  private final NodeMemberships node;
  private final MemberTopics topics;
  private final FeedPace pace;
  private final Subscriptions subscriptions;
  private final LoopPresence presence;
  private final Permissions permissions;
  private final Predicate<String> kind;
  private final Map<Connection, Bringing> bringing = new HashMap<>();

  /**
   * Those of an event loop.
   *
   * @param kind which topics are meant, of those that have members
   */
  public Conversations(Context context, LoopMemberships members, NodeMemberships node, MemberTopics topics, FeedPace pace, Subscriptions subscriptions, LoopPresence presence,
      Permissions permissions, Predicate<String> kind) {
    this.context = context;
    this.members = members;
    this.node = node;
    this.topics = topics;
    this.pace = pace;
    this.subscriptions = subscriptions;
    this.presence = presence;
    this.permissions = permissions;
    this.kind = kind;
  }

  /** Whether a topic is one of those that are brought to their members. */
  public boolean areMeant(String topic) {
    return kind.test(topic) && permissions.needsMembers(topic);
  }

  /** Somebody comes in, or may do other things than before: when he has been told so, what he is a member of is brought to him, from where his device is. */
  public void enter(Connection connection) {
    context.runOnContext(told -> follow(connection));
  }

  private void follow(Connection connection) {
    if (connection.state() instanceof Authenticated state) {
      members.know(state.userId()).onComplete(known -> {
        // Those that his session has brought, because a server gave them.
        connection.subscriptions().stream().map(TopicPattern::text).filter(topic -> kind.test(topic) && !areMeant(topic)).toList().forEach(topic -> watch(connection, topic));
        node.topics(state.userId()).stream().filter(this::areMeant).sorted().forEach(topic -> bring(connection, topic));
      }, failed -> later(() -> follow(connection)));
    }
  }

  private void bring(Connection connection, String topic) {
    bringing.computeIfAbsent(connection, Bringing::new).add(topic);
  }

  /** What somebody is still to be brought, in his turns. */
  private final class Bringing implements FeedPace.Wishes {
    private final Connection connection;
    private final Set<String> left = new LinkedHashSet<>();
    private boolean pauses;

    Bringing(Connection connection) {
      this.connection = connection;
    }

    void add(String topic) {
      left.add(topic);
      if (!pauses) {
        pace.add(this);
      }
    }

    /** Something could not be found out for one of them: it is tried again in a while, after the others, which may have to wait too. */
    void addLater(String topic) {
      left.add(topic);
      if (!pauses) {
        pauses = true;
        later(() -> {
          pauses = false;
          pace.add(this);
        });
      }
    }

    @Override
    public Future<?> next() {
      if (pauses) {
        return null;
      }
      if (left.isEmpty() || !(connection.state() instanceof Authenticated)) {
        bringing.remove(connection, this);
        return null;
      }
      String topic = left.iterator().next();
      left.remove(topic);
      return topics.bring(connection, topic).onFailure(failed -> bringing.computeIfAbsent(connection, Bringing::new).addLater(topic));
    }
  }

  private void later(Runnable again) {
    context.owner().timer(RETRY_MS, TimeUnit.MILLISECONDS).onComplete(due -> again.run());
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
