package io.vestibule.gateway.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a List of Strings with Integer parameters by the grammar of RFC 9651 (sections 3.1, 3.1.2, 3.3.1, 3.3.3), strictly: what is not one is an error.
 */
public final class StructuredList {
  // sf-string = DQUOTE *( unescaped / "\" ( DQUOTE / "\" ) ) DQUOTE; unescaped is 0x20 to 0x7E without DQUOTE and backslash
  private static final String STRING = "\"(?<value>(?:[\\x20-\\x21\\x23-\\x5B\\x5D-\\x7E]|\\\\[\"\\\\])*)\"";
  // parameters = *( ";" *SP key "=" integer ); key = ( lcalpha / "*" ) *( lcalpha / DIGIT / "_" / "-" / "." / "*" ); at most 15 digits
  private static final String PARAMETERS = "(?<parameters>(?:; *[a-z*][a-z0-9_.*-]*=-?[0-9]{1,15})*)";
  private static final Pattern MEMBER = Pattern.compile(STRING + PARAMETERS);
  // Between members: OWS "," OWS
  private static final Pattern COMMA = Pattern.compile("[ \\t]*,[ \\t]*");

  private StructuredList() {}

  /** The parameters of each member, by its value. */
  public static Map<String, Map<String, Long>> parse(String field) {
    Map<String, Map<String, Long>> members = new LinkedHashMap<>();
    Matcher member = MEMBER.matcher(field);
    Matcher comma = COMMA.matcher(field);
    int at = 0;
    do {
      if (!member.find(at) || member.start() != at) {
        throw new IllegalArgumentException("no member at " + at + " of " + field);
      }
      members.put(member.group("value"), parameters(member.group("parameters")));
      at = member.end();
      if (at == field.length()) {
        return members;
      }
      if (!comma.find(at) || comma.start() != at) {
        throw new IllegalArgumentException("no comma at " + at + " of " + field);
      }
      at = comma.end();
    } while (true);
  }

  private static Map<String, Long> parameters(String text) {
    Map<String, Long> parameters = new LinkedHashMap<>();
    for (String parameter : text.isEmpty() ? new String[0] : text.substring(1).split("; *")) {
      String[] pair = parameter.strip().split("=");
      parameters.put(pair[0], Long.parseLong(pair[1]));
    }
    return parameters;
  }
}
