package io.vestibule.gateway.api;

import io.vertx.core.MultiMap;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.api.ServerCall.OfMembers;
import io.vestibule.gateway.members.NodeMemberships;
import java.util.List;
import java.util.Set;

/** Reads the calls about members of topics, from a body or from the query of a GET, as strictly as {@link CallReader} reads. */
public final class MembersReader {
  /** Characters of a user id. */
  private static final int MAX_USER = 1_024;
  private static final Set<String> CHANGE = Set.of("topic", "users");
  private static final Set<String> GET = Set.of("topic", "userId");
  private static final Set<String> QUERY = Set.of("user");

  private MembersReader() {}

  static OfMembers ofBody(CallName name, JsonValue body) {
    if (name == CallName.MEMBERS_GET) {
      return get(Members.of(body, GET));
    }
    Members members = Members.of(body, CHANGE);
    String topic = members.required("topic").string();
    List<String> users = members.required("users").elements(OfMembers.MOST).stream().map(value -> user(value.path(), value.string())).distinct().toList();
    return name == CallName.MEMBERS_ADD ? new OfMembers.Add(topic, users) : new OfMembers.Remove(topic, users);
  }

  private static OfMembers get(Members members) {
    boolean ofTopic = members.optional("topic") != null;
    boolean ofUser = members.optional("userId") != null;
    if (ofTopic == ofUser) {
      throw ofTopic ? Failure.ofField(ErrorReason.INVALID_VALUE, members.at("userId"), "Of the fields 'topic' and 'userId' only one may be there.")
          : Failure.ofField(ErrorReason.MISSING_FIELD, members.at("topic"), "One of the fields 'topic' and 'userId' is required.");
    }
    return ofTopic ? new OfMembers.OfTopic(members.required("topic").string()) : new OfMembers.OfUser(user(members.at("userId"), members.text("userId")));
  }

  /**
   * Reads the question of a GET for the topics of a user.
   *
   * @throws Failure of a 400 reason, with the parameter in {@code details.field}
   */
  public static OfMembers ofQuery(MultiMap query) {
    QueryNames.check(query, QUERY);
    String user = query.get("user");
    if (user == null) {
      throw Failure.ofField(ErrorReason.MISSING_FIELD, "user", "The parameter 'user' is missing.");
    }
    return new OfMembers.OfUser(user("user", user));
  }

  /** Reads the question of a GET for the members of a topic, which has no parameters. */
  public static OfMembers ofTopic(String topic, MultiMap query) {
    QueryNames.check(query, Set.of());
    return new OfMembers.OfTopic(topic);
  }

  private static String user(String field, String user) {
    if (user.isEmpty() || user.length() > MAX_USER || !NodeMemberships.isSound(user)) {
      throw Failure.ofField(ErrorReason.INVALID_VALUE, field, "'" + field + "' must be a text of 1 to " + MAX_USER + " characters.");
    }
    return user;
  }
}
