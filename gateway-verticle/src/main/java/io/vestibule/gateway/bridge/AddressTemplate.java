package io.vestibule.gateway.bridge;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A bus address that the configuration opens: exact, or with one segment {@code {userId}} that stands for whoever is connected.
 *
 * @param text as the configuration has it, checked by {@link #problem}
 */
record AddressTemplate(String text) {
  /** What stands for the user's own segment. */
  static final String USER = "{userId}";

  private static final int MAX_LENGTH = 160;
  private static final Pattern SEGMENT = Pattern.compile("[A-Za-z0-9_:@~$/-]+");
  private static final List<String> RESERVED = List.of("vestibule", "vertx", "__vertx");

  /** What is wrong with an entry of the configuration, continuing a sentence that begins with it; empty where nothing is. */
  static Optional<String> problem(String text) {
    if (text.isEmpty() || text.length() > MAX_LENGTH) {
      return Optional.of("must have 1 to " + MAX_LENGTH + " characters");
    }
    String[] segments = text.split("\\.", -1);
    if (RESERVED.contains(segments[0])) {
      return Optional.of("is an address of the server's own, which no bridge can open");
    }
    int users = 0;
    for (String segment : segments) {
      if (segment.equals(USER)) {
        users++;
      } else if (!SEGMENT.matcher(segment).matches()) {
        return Optional.of("must be exact: segments of letters, digits and _ : @ ~ $ / - joined by dots, one of them perhaps " + USER);
      }
    }
    if (users > 1 || segments[0].equals(USER)) {
      return Optional.of("may have one segment " + USER + ", and not the first");
    }
    return Optional.empty();
  }

  /** The address that this entry opens for a user. */
  String of(String userId) {
    return text.replace(USER, UserSegment.of(userId));
  }

  /** An expression that matches this address for any user. */
  String regex() {
    return Pattern.quote(text).replace(USER, "\\E" + UserSegment.FORM + "\\Q");
  }
}
