package io.vestibule.gateway.api;

import io.vertx.core.MultiMap;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.api.ServerCall.ReadHistory;
import io.vestibule.gateway.log.History;
import io.vestibule.gateway.log.Position;
import java.util.Set;

/** Reads the question of what is kept of a topic, from a body or from the query of a GET, as strictly as {@link CallReader} reads. */
public final class HistoryReader {
  private static final int MAX_DIGITS = 16;
  private static final Set<String> BODY = Set.of("topic", "since", "limit", "reverse");
  private static final long MOST_OFFSET = 1L << 52;
  private static final Set<String> SINCE = Set.of("epoch", "offset");
  private static final Set<String> QUERY = Set.of("since", "limit", "reverse");

  private HistoryReader() {}

  static ReadHistory ofBody(JsonValue body) {
    Members members = Members.of(body, BODY);
    JsonValue limit = members.optional("limit");
    JsonValue since = members.optional("since");
    JsonValue reverse = members.optional("reverse");
    return new ReadHistory(new History.Query(members.required("topic").string(), since == null ? null : position(Members.of(since, SINCE)),
        limit == null ? History.USUAL : limit.integer(1, History.MOST), reverse != null && reverse.bool()));
  }

  private static Position position(Members members) {
    return new Position(Position.epochOf(members.required("epoch").string()), members.required("offset").number(0, MOST_OFFSET));
  }

  /**
   * Reads the question of a GET: {@code since} is the epoch, a colon and the offset.
   *
   * @param topic from the path
   * @throws Failure of a 400 reason, with the parameter in {@code details.field}
   */
  public static ReadHistory ofQuery(String topic, MultiMap query) {
    QueryNames.check(query, QUERY);
    String limit = query.get("limit");
    return new ReadHistory(new History.Query(topic, since(query.get("since")), limit == null ? History.USUAL : (int) number("limit", limit, 1, History.MOST), reverse(query.get("reverse"))));
  }

  private static Position since(String text) {
    if (text == null) {
      return null;
    }
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw wrong("since", "an epoch, a colon and an offset");
    }
    return new Position(Position.epochOf(text.substring(0, colon)), number("since", text.substring(colon + 1), 0, MOST_OFFSET));
  }

  private static boolean reverse(String text) {
    if (text != null && !text.equals("true") && !text.equals("false")) {
      throw wrong("reverse", "true or false");
    }
    return "true".equals(text);
  }

  private static long number(String name, String text, long least, long most) {
    boolean digits = !text.isEmpty() && text.length() <= MAX_DIGITS && text.chars().allMatch(c -> c >= '0' && c <= '9');
    long number = digits ? Long.parseLong(text) : -1;
    if (number < least || number > most) {
      throw wrong(name, "a whole number from " + least + " to " + most);
    }
    return number;
  }

  private static Failure wrong(String name, String expected) {
    return Failure.ofField(ErrorReason.INVALID_VALUE, name, "The parameter '" + name + "' must be " + expected + ".");
  }
}
