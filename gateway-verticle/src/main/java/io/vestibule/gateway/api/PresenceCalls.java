package io.vestibule.gateway.api;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.contract.presence.Known.Member;
import io.vestibule.contract.presence.PresenceFound.Found;
import io.vestibule.contract.presence.PresenceFound.Named;
import io.vestibule.contract.presence.PresenceQuestion.Ask;
import io.vestibule.gateway.api.ServerCall.Presence;
import io.vestibule.gateway.api.ServerCall.Presence.OfTopic;
import io.vestibule.gateway.api.ServerCall.Presence.OfTopics;
import io.vestibule.gateway.api.ServerCall.Presence.OfUsers;
import io.vestibule.gateway.frame.Timestamps;
import io.vestibule.gateway.presence.PresenceLookup;
import io.vestibule.gateway.topic.Permissions;
import io.vestibule.gateway.topic.Principal;
import io.vestibule.gateway.topic.TopicName;
import io.vestibule.gateway.topic.UserTopic;
import java.time.Duration;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/** Answers servers who is there. A user is online as long as somebody is in the topic that is the user's own. Any thread. */
public final class PresenceCalls {
  /** How long the owners of the topics have. */
  private static final Duration DEADLINE = Duration.ofSeconds(2);

  /** A takeover takes seconds, a busy moment less. */
  private static final long RETRY_MS = 1_000;

  private final PresenceLookup lookup;
  private final Permissions permissions;

  public PresenceCalls(PresenceLookup lookup, Permissions permissions) {
    this.lookup = lookup;
    this.permissions = permissions;
  }

  /**
   * Answers.
   *
   * @throws Failure where a topic is malformed, or not one that the caller may ask about
   */
  Future<JsonObject> execute(Presence call, Principal caller, String correlationId) {
    if (call instanceof OfTopic one) {
      check(one.topic(), "topic", caller);
      return lookup.ask(List.of(new Ask(one.topic(), one.after(), one.limit())), DEADLINE, correlationId).map(found -> page(one, found.get(0)));
    }
    if (call instanceof OfTopics many) {
      return counts("topics", many.topics(), many.topics(), caller, correlationId,
          (topic, found) -> known(new JsonObject().put("topic", topic), "count", found, found.count()));
    }
    OfUsers users = (OfUsers) call;
    return counts("users", users.userIds(), users.userIds().stream().map(UserTopic::of).toList(), caller, correlationId,
        (user, found) -> seen(known(new JsonObject().put("userId", user), "online", found, found.count() > 0), found));
  }

  private static JsonObject seen(JsonObject user, Found found) {
    return found.lastSeenMs() > 0 ? user.put("lastSeen", found.lastSeenMs()) : user;
  }

  private Future<JsonObject> counts(String name, List<String> about, List<String> topics, Principal caller, String correlationId, BiFunction<String, Found, JsonObject> entry) {
    for (int i = 0; i < topics.size(); i++) {
      check(topics.get(i), name.equals("users") ? "userIds[" + i + "]" : name + "[" + i + "]", caller);
    }
    return lookup.ask(topics.stream().map(topic -> new Ask(topic, null, 0)).toList(), DEADLINE, correlationId).map(found -> new JsonObject().put(name,
        new JsonArray(IntStream.range(0, about.size()).mapToObj(i -> entry.apply(about.get(i), found.get(i))).toList())));
  }

  private static JsonObject known(JsonObject entry, String name, Found found, Object value) {
    boolean known = found.count() >= 0;
    entry.put("known", known);
    return known ? entry.put(name, value) : entry;
  }

  /** A server may ask about every topic; a token's {@code caps.subscribe} narrows that. Of a topic whose rule knows no presence an answer would be a lie. */
  private void check(String topic, String field, Principal caller) {
    if (!TopicName.isValid(topic)) {
      throw Failure.ofField(ErrorReason.INVALID_TOPIC, field, "The field '" + field + "' is not a valid topic without wildcards.");
    }
    if (!caller.subscribe().allows(topic)) {
      throw Failure.of(ErrorReason.FORBIDDEN_SUBSCRIBE).with("topic", topic);
    }
    if (!permissions.rules().ruleFor(topic).presence()) {
      throw Failure.of(ErrorReason.NO_PRESENCE).with("topic", topic);
    }
  }

  private static JsonObject page(OfTopic call, Found found) {
    if (found.count() < 0) {
      throw Failure.of(ErrorReason.UNAVAILABLE, "Nobody who knows who is in the topic answers right now.").retryAfter(RETRY_MS);
    }
    JsonObject page = new JsonObject().put("topic", call.topic()).put("count", found.count());
    List<Named> named = found.named();
    if (call.limit() > 0) {
      Timestamps timestamps = new Timestamps();
      page.put("members", new JsonArray(named.stream().map(user -> member(user, timestamps)).toList()));
      // Only the first page tells how many are still to come, and an owner may name fewer than were asked for: the last page may be empty.
      if (!named.isEmpty() && (call.after() != null || named.size() < found.count())) {
        page.put("next", named.get(named.size() - 1).user());
      }
    }
    return page;
  }

  private static JsonObject member(Named named, Timestamps timestamps) {
    Member member = named.member();
    JsonObject json = new JsonObject().put("userId", named.user()).put("connections", member.connections()).put("status", member.status().status());
    putObject(json, "data", member.status().data());
    putObject(json, "info", member.info());
    return json.put("since", timestamps.of(member.sinceMs()));
  }

  private static void putObject(JsonObject json, String name, String object) {
    if (object != null) {
      json.put(name, new JsonObject(object));
    }
  }
}
