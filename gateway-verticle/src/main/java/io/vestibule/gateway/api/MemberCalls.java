package io.vestibule.gateway.api;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.api.ServerCall.OfMembers;
import io.vestibule.gateway.frame.Timestamps;
import io.vestibule.gateway.log.Position;
import io.vestibule.gateway.members.MemberBook;
import io.vestibule.gateway.members.core.Changed;
import io.vestibule.gateway.members.core.Mark;
import io.vestibule.gateway.members.core.Word;
import io.vestibule.gateway.topic.Permissions;
import io.vestibule.gateway.topic.Principal;
import io.vestibule.gateway.topic.TopicName;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Makes users members of topics for servers, and members no more, and answers who is one. Any thread. */
public final class MemberCalls {
  private final MemberBook book;
  private final Permissions permissions;

  public MemberCalls(MemberBook book, Permissions permissions) {
    this.book = book;
    this.permissions = permissions;
  }

  /**
   * Does what a call asks.
   *
   * @return the answer's body; fails with a {@link Failure}
   * @throws Failure where the topic is malformed, has no members, or is not one that the caller may ask about
   */
  Future<JsonObject> execute(OfMembers call, Principal caller) {
    if (call instanceof OfMembers.Add add) {
      check(add.topic(), caller);
      return book.add(add.topic(), add.users(), permissions.rules().ruleFor(add.topic()).durable()).map(changed -> changed(add.topic(), changed));
    }
    if (call instanceof OfMembers.Remove remove) {
      check(remove.topic(), caller);
      return book.remove(remove.topic(), remove.users()).map(changed -> changed(remove.topic(), changed));
    }
    if (call instanceof OfMembers.OfTopic one) {
      check(one.topic(), caller);
      Future<Map<String, Mark>> marks = permissions.rules().ruleFor(one.topic()).durable() ? book.marks(one.topic()) : Future.succeededFuture(Map.of());
      return book.of(one.topic()).compose(members -> marks.map(found -> listed("topic", one.topic(), "members", "userId", members, found)));
    }
    String user = ((OfMembers.OfUser) call).userId();
    return book.topicsOf(List.of(user)).map(found -> {
      Map<String, Word> topics = found.get(user);
      topics.entrySet().removeIf(entry -> !entry.getValue().member() || !caller.subscribe().allows(entry.getKey()));
      return listed("userId", user, "topics", "topic", topics, Map.of());
    });
  }

  private static JsonObject changed(String topic, Changed changed) {
    return new JsonObject().put("topic", topic).put("members", changed.members());
  }

  private static JsonObject listed(String kind, String name, String plural, String singular, Map<String, Word> words, Map<String, Mark> marks) {
    Timestamps timestamps = new Timestamps();
    JsonArray list = new JsonArray();
    new TreeMap<>(words).forEach((key, word) -> {
      JsonObject one = new JsonObject().put(singular, key).put("since", timestamps.of(word.sinceMs()));
      Mark mark = marks.get(key);
      if (mark != null) {
        put(one, "delivered", mark.delivered());
        put(one, "read", mark.read());
      }
      list.add(one);
    });
    return new JsonObject().put(kind, name).put(plural, list);
  }

  private static void put(JsonObject one, String name, Position place) {
    if (place != null) {
      one.put(name, new JsonObject().put("epoch", place.epochText()).put("offset", place.offset()));
    }
  }

  /** A token's {@code caps.subscribe} narrows what it may say and hear. */
  private void check(String topic, Principal caller) {
    TopicName.requirePublishable(topic);
    if (!caller.subscribe().allows(topic)) {
      throw Failure.of(ErrorReason.FORBIDDEN_SUBSCRIBE).with("topic", topic);
    }
    if (!permissions.rules().ruleFor(topic).hasMembers()) {
      throw Failure.of(ErrorReason.NO_MEMBERS).with("topic", topic);
    }
  }
}
