package io.vestibule.gateway.api;

import io.vertx.core.MultiMap;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.contract.message.GatewayCommand.Target;
import io.vestibule.gateway.api.ServerCall.Batch;
import io.vestibule.gateway.api.ServerCall.Broadcast;
import io.vestibule.gateway.api.ServerCall.Disconnect;
import io.vestibule.gateway.api.ServerCall.Entry;
import io.vestibule.gateway.api.ServerCall.Payload;
import io.vestibule.gateway.api.ServerCall.Publish;
import io.vestibule.gateway.api.ServerCall.SetAttributes;
import io.vestibule.gateway.api.ServerCall.Stats;
import io.vestibule.gateway.api.ServerCall.Subscribe;
import io.vestibule.gateway.api.ServerCall.Unsubscribe;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads the calls of the server API from their JSON bodies, strictly: a field that a call does not know is more likely a mistake than a wish, and is refused
 * by name. Whether topics are well formed is for the call itself to say. Immutable, any thread.
 */
public final class CallReader {
  /** Characters of a word for people. */
  static final int MAX_MESSAGE = 500;

  private static final Set<String> TARGET = Set.of("userId", "connectionId");
  /** Characters of an event type and of a message id. */
  private static final int MAX_NAME = 256;
  private static final Set<String> PAYLOAD = Set.of("data", "eventType", "metadata", "messageId");
  private static final Set<String> PUBLISH = union(PAYLOAD, "topic");
  private static final Set<String> BROADCAST = union(PAYLOAD, "topics");
  private static final Set<String> DISCONNECT = union(TARGET, "message");
  private static final Set<String> SUBSCRIPTION = union(TARGET, "topic");
  private static final Set<String> SESSION_SET = union(union(TARGET, "sessionId"), "attributes");
  private static final Set<String> STATS = Set.of("feed");
  private static final Set<String> BATCH = Set.of("commands");
  private static final Set<String> COMMANDS =
      Stream.of(CallName.values()).filter(call -> call != CallName.BATCH).map(CallName::word).collect(Collectors.toUnmodifiableSet());

  private final JsonReader reader;

  public CallReader(JsonReader reader) {
    this.reader = reader;
  }

  /**
   * Reads a call.
   *
   * @throws Failure of a 400 reason, with the field in {@code details.field} where there is one to blame
   */
  public ServerCall read(CallName name, byte[] body) {
    return read(name, reader.read(body));
  }

  private static ServerCall read(CallName name, JsonValue body) {
    return switch (name) {
      case PUBLISH -> publish(Members.of(body, PUBLISH));
      case BROADCAST -> broadcast(Members.of(body, BROADCAST));
      case DISCONNECT -> disconnect(Members.of(body, DISCONNECT));
      case SUBSCRIBE -> subscribe(Members.of(body, SUBSCRIPTION));
      case UNSUBSCRIBE -> unsubscribe(Members.of(body, SUBSCRIPTION));
      case SESSION_SET -> setAttributes(Members.of(body, SESSION_SET));
      case PRESENCE_GET -> PresenceReader.ofBody(body);
      case HISTORY -> HistoryReader.ofBody(body);
      case STATS -> stats(Members.of(body, STATS));
      case MEMBERS_ADD, MEMBERS_REMOVE, MEMBERS_GET -> MembersReader.ofBody(name, body);
      case BATCH -> batch(Members.of(body, BATCH));
    };
  }

  private static Publish publish(Members members) {
    return new Publish(members.required("topic").string(), payload(members));
  }

  private static Broadcast broadcast(Members members) {
    List<JsonValue> topics = members.required("topics").elements(Broadcast.MAX_TOPICS);
    return new Broadcast(topics.stream().map(JsonValue::string).toList(), payload(members));
  }

  private static Payload payload(Members members) {
    JsonValue metadata = members.optional("metadata");
    return new Payload(members.present("data").raw(), members.text("eventType", MAX_NAME),
        metadata == null ? null : metadata.objectWithout("senderId"), members.text("messageId", MAX_NAME));
  }

  /**
   * Returns a name that came in another way than in a body.
   *
   * @throws Failure {@code INVALID_VALUE} if it is none
   */
  public static String requireName(String field, String name) {
    if (name.isEmpty() || name.length() > MAX_NAME) {
      throw Failure.ofField(ErrorReason.INVALID_VALUE, field, "'" + field + "' must have 1 to " + MAX_NAME + " characters.");
    }
    return name;
  }

  private static Disconnect disconnect(Members members) {
    String message = members.text("message");
    if (message != null && message.length() > MAX_MESSAGE) {
      throw Failure.ofField(ErrorReason.INVALID_VALUE, members.at("message"),
          "The field '" + members.at("message") + "' is longer than " + MAX_MESSAGE + " characters.");
    }
    return new Disconnect(target(members), message);
  }

  private static Subscribe subscribe(Members members) {
    return new Subscribe(target(members), members.required("topic").string());
  }

  private static Unsubscribe unsubscribe(Members members) {
    return new Unsubscribe(target(members), members.required("topic").string());
  }

  private static SetAttributes setAttributes(Members members) {
    Target target = target(members, List.of("userId", "connectionId", "sessionId"));
    JsonValue attributes = members.required("attributes");
    attributes.members(); // an object, without a key twice
    return new SetAttributes(target, attributes.raw().toString());
  }

  private static Target target(Members members) {
    return target(members, List.of("userId", "connectionId"));
  }

  private static Target target(Members members, List<String> kinds) {
    List<String> given = kinds.stream().filter(kind -> members.text(kind) != null).toList();
    if (given.isEmpty()) {
      throw Failure.ofField(ErrorReason.MISSING_FIELD, members.at(kinds.get(0)), "One of the fields " + named(members, kinds) + " is required.");
    }
    String kind = given.get(given.size() - 1);
    if (given.size() > 1) {
      throw Failure.ofField(ErrorReason.INVALID_VALUE, members.at(kind), "Of the fields " + named(members, kinds) + " only one may be there.");
    }
    String value = members.text(kind);
    if (value.isEmpty()) {
      throw Failure.ofField(ErrorReason.INVALID_VALUE, members.at(kind), "The field '" + members.at(kind) + "' is empty.");
    }
    return switch (kind) {
      case "userId" -> new Target(value, null);
      case "connectionId" -> new Target(null, value);
      default -> new Target(null, null, value);
    };
  }

  private static String named(Members members, List<String> kinds) {
    String last = kinds.get(kinds.size() - 1);
    return kinds.stream().limit(kinds.size() - 1L).map(kind -> "'" + members.at(kind) + "'").collect(Collectors.joining(", "))
        + " and '" + members.at(last) + "'";
  }

  private static Stats stats(Members members) {
    String feed = members.required("feed").string();
    if (!Stats.FEEDS.contains(feed)) {
      throw Failure.ofField(ErrorReason.INVALID_VALUE, members.at("feed"), "There is no such feed.").with("known", List.copyOf(new TreeSet<>(Stats.FEEDS)));
    }
    return new Stats(feed);
  }

  /**
   * Reads the question of a GET.
   *
   * @throws Failure of a 400 reason where it has parameters
   */
  public static ServerCall statsOf(String feed, MultiMap query) {
    QueryNames.check(query, Set.of());
    return new Stats(feed);
  }

  private static Batch batch(Members members) {
    return new Batch(members.required("commands").elements(Batch.MAX_CALLS).stream().map(CallReader::entry).toList());
  }

  private static Entry entry(JsonValue command) {
    try {
      Map<String, JsonValue> members = command.members();
      if (members.size() != 1) {
        throw Failure.ofField(ErrorReason.INVALID_VALUE, command.path(), "The command '" + command.path() + "' must have exactly one member.");
      }
      Members.of(command, COMMANDS);
      String word = members.keySet().iterator().next();
      return new Entry(read(CallName.of(word).orElseThrow(), members.get(word)), null);
    } catch (Failure malformed) {
      return new Entry(null, malformed);
    }
  }

  private static Set<String> union(Set<String> some, String more) {
    return Stream.concat(some.stream(), Stream.of(more)).collect(Collectors.toUnmodifiableSet());
  }
}
