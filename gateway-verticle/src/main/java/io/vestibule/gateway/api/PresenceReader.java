package io.vestibule.gateway.api;

import io.vertx.core.MultiMap;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.api.ServerCall.Presence;
import io.vestibule.gateway.api.ServerCall.Presence.OfTopic;
import io.vestibule.gateway.api.ServerCall.Presence.OfTopics;
import io.vestibule.gateway.api.ServerCall.Presence.OfUsers;
import java.util.List;
import java.util.Set;

/** Reads the questions of who is there, from a body or from the query of a GET, as strictly as {@link CallReader} reads. */
public final class PresenceReader {
  /** Characters of a user id. */
  private static final int MAX_USER = 1_024;
  private static final int MAX_DIGITS = 9;
  private static final List<String> SUBJECTS = List.of("topic", "topics", "userIds");
  private static final Set<String> BODY = Set.of("topic", "limit", "after", "topics", "userIds");
  private static final Set<String> QUERY = Set.of("limit", "after");

  private PresenceReader() {}

  static Presence ofBody(JsonValue body) {
    Members members = Members.of(body, BODY);
    List<String> given = SUBJECTS.stream().filter(name -> members.optional(name) != null).toList();
    if (given.size() != 1) {
      throw given.isEmpty()
          ? Failure.ofField(ErrorReason.MISSING_FIELD, members.at("topic"), "One of the fields 'topic', 'topics' and 'userIds' is required.")
          : Failure.ofField(ErrorReason.INVALID_VALUE, members.at(given.get(1)), "Of the fields 'topic', 'topics' and 'userIds' only one may be there.");
    }
    if (given.get(0).equals("topic")) {
      JsonValue limit = members.optional("limit");
      String after = members.optional("after") == null ? null : members.requiredText("after", MAX_USER);
      return new OfTopic(members.required("topic").string(), limit == null ? 0 : limit.integer(0, Presence.MOST), after);
    }
    for (String ofPages : QUERY) {
      if (members.optional(ofPages) != null) {
        throw Failure.ofField(ErrorReason.INVALID_VALUE, members.at(ofPages), "The field '" + members.at(ofPages) + "' goes with 'topic' only.");
      }
    }
    List<JsonValue> elements = members.required(given.get(0)).elements(Presence.MOST);
    return given.get(0).equals("topics") ? new OfTopics(elements.stream().map(JsonValue::string).toList()) : new OfUsers(elements.stream().map(PresenceReader::user).toList());
  }

  private static String user(JsonValue value) {
    String user = value.string();
    if (user.isEmpty() || user.length() > MAX_USER) {
      throw Failure.ofField(ErrorReason.INVALID_VALUE, value.path(), "The field '" + value.path() + "' must have 1 to " + MAX_USER + " characters.");
    }
    return user;
  }

  /**
   * Reads the question of a GET.
   *
   * @param topic from the path
   * @throws Failure of a 400 reason, with the parameter in {@code details.field}
   */
  public static Presence ofQuery(String topic, MultiMap query) {
    QueryNames.check(query, QUERY);
    String after = query.get("after");
    if (after != null && (after.isEmpty() || after.length() > MAX_USER)) {
      throw Failure.ofField(ErrorReason.INVALID_VALUE, "after", "The parameter 'after' must have 1 to " + MAX_USER + " characters.");
    }
    return new OfTopic(topic, limit(query.get("limit")), after);
  }

  private static int limit(String text) {
    boolean digits = text != null && !text.isEmpty() && text.length() <= MAX_DIGITS && text.chars().allMatch(c -> c >= '0' && c <= '9');
    int limit = text == null ? 0 : digits ? Integer.parseInt(text) : -1;
    if (limit < 0 || limit > Presence.MOST) {
      throw Failure.ofField(ErrorReason.INVALID_VALUE, "limit", "The parameter 'limit' must be a whole number from 0 to " + Presence.MOST + ".");
    }
    return limit;
  }
}
