package io.vestibule.gateway.api;

import io.vertx.core.buffer.Buffer;
import io.vestibule.contract.error.Failure;
import io.vestibule.contract.message.GatewayCommand.Target;
import io.vestibule.contract.presence.PresenceQuestion;
import io.vestibule.gateway.log.History;
import io.vestibule.gateway.members.core.ShardMembers;
import java.util.List;
import java.util.Set;

/** A call of the server API, checked for form and not yet for permission (docs/protocol.md, Server API). Immutable. */
public sealed interface ServerCall {

  /** Which call it is. */
  CallName name();

  /**
   * What is published.
   *
   * @param data any JSON value as text
   * @param eventType the application's name for this kind of message, or null
   * @param metadata a JSON object as text without {@code senderId}, or null
   * @param messageId idempotency key, or null
   */
  record Payload(Buffer data, String eventType, Buffer metadata, String messageId) {
    /** The same, named so. */
    public Payload withMessageId(String newMessageId) {
      return new Payload(data, eventType, metadata, newMessageId);
    }
  }

  /** Publishes to one topic. */
  record Publish(String topic, Payload payload) implements ServerCall {
    @Override
    public CallName name() {
      return CallName.PUBLISH;
    }
  }

  /** Publishes the same to many topics. */
  record Broadcast(List<String> topics, Payload payload) implements ServerCall {
    /** Topics of one call. */
    public static final int MAX_TOPICS = 1000;

    public Broadcast {
      topics = List.copyOf(topics);
    }

    @Override
    public CallName name() {
      return CallName.BROADCAST;
    }
  }

  /**
   * Closes connections.
   *
   * @param message a word for the people behind them, or null
   */
  record Disconnect(Target target, String message) implements ServerCall {
    @Override
    public CallName name() {
      return CallName.DISCONNECT;
    }
  }

  /** Subscribes connections to a topic or pattern. */
  record Subscribe(Target target, String topic) implements ServerCall {
    @Override
    public CallName name() {
      return CallName.SUBSCRIBE;
    }
  }

  /** Ends a subscription of connections. */
  record Unsubscribe(Target target, String topic) implements ServerCall {
    @Override
    public CallName name() {
      return CallName.UNSUBSCRIBE;
    }
  }

  /**
   * Gives sessions attributes.
   *
   * @param attributes a JSON object as text
   */
  record SetAttributes(Target target, String attributes) implements ServerCall {
    @Override
    public CallName name() {
      return CallName.SESSION_SET;
    }
  }

  /** Asks who is there. */
  sealed interface Presence extends ServerCall {
    /** Topics or users of one call, and users of one page. */
    int MOST = PresenceQuestion.MOST;

    @Override
    default CallName name() {
      return CallName.PRESENCE_GET;
    }

    /**
     * Who is in one topic.
     *
     * @param limit users to name, at most; 0 to be told how many there are and nothing else
     * @param after the user behind whom the page begins, or null for the first
     */
    record OfTopic(String topic, int limit, String after) implements Presence {}

    /** How many are in each of these topics. */
    record OfTopics(List<String> topics) implements Presence {
      public OfTopics {
        topics = List.copyOf(topics);
      }
    }

    /** Which of these users are online. */
    record OfUsers(List<String> userIds) implements Presence {
      public OfUsers {
        userIds = List.copyOf(userIds);
      }
    }
  }

  /** Reads what is kept of a topic. */
  record ReadHistory(History.Query query) implements ServerCall {
    @Override
    public CallName name() {
      return CallName.HISTORY;
    }
  }

  /** Who is a member of what. */
  sealed interface OfMembers extends ServerCall {
    /** Users of one call. */
    int MOST = ShardMembers.MEMBERS;

    /** Makes users members of a topic. */
    record Add(String topic, List<String> users) implements OfMembers {
      public Add {
        users = List.copyOf(users);
      }

      @Override
      public CallName name() {
        return CallName.MEMBERS_ADD;
      }
    }

    /** Makes users members of a topic no more. */
    record Remove(String topic, List<String> users) implements OfMembers {
      public Remove {
        users = List.copyOf(users);
      }

      @Override
      public CallName name() {
        return CallName.MEMBERS_REMOVE;
      }
    }

    /** The members of a topic. */
    record OfTopic(String topic) implements OfMembers {
      @Override
      public CallName name() {
        return CallName.MEMBERS_GET;
      }
    }

    /** The topics that a user is a member of. */
    record OfUser(String userId) implements OfMembers {
      @Override
      public CallName name() {
        return CallName.MEMBERS_GET;
      }
    }
  }

  /** How a feed is. */
  record Stats(String feed) implements ServerCall {
    /** The feeds that there are. */
    public static final Set<String> FEEDS = Set.of("events", "messages");

    @Override
    public CallName name() {
      return CallName.STATS;
    }
  }

  /** Several calls, one after the other. */
  record Batch(List<Entry> entries) implements ServerCall {
    /** Calls of one batch. */
    public static final int MAX_CALLS = 1000;

    public Batch {
      entries = List.copyOf(entries);
    }

    @Override
    public CallName name() {
      return CallName.BATCH;
    }
  }

  /** A call of a batch, or why it is none: exactly one of the two is set, because a malformed call must not stop the others. */
  record Entry(ServerCall call, Failure malformed) {
    public Entry {
      if ((call == null) == (malformed == null)) {
        throw new IllegalArgumentException("an entry is a call or a failure");
      }
    }
  }
}
