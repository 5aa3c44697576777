package io.vestibule.gateway.frame;

import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Any JSON there is, as text: with white space, escapes and numbers of all kinds. */
final class JsonTexts {
  private JsonTexts() {}

  static Arbitrary<String> any() {
    return Arbitraries.lazyOf(JsonTexts::number, () -> string(c -> true), () -> Arbitraries.of("null", "true", "false"), JsonTexts::array, JsonTexts::object);
  }

  static Arbitrary<String> object() {
    Arbitrary<String> member = Combinators.combine(string(c -> !Character.isSurrogate(c)), space(), any())
        .as((key, space, value) -> key + space + ":" + space + value);
    return joined("{", member.list().ofMaxSize(4), "}");
  }

  private static Arbitrary<String> array() {
    return joined("[", any().list().ofMaxSize(4), "]");
  }

  private static Arbitrary<String> joined(String open, Arbitrary<List<String>> parts, String close) {
    return Combinators.combine(parts, space())
        .as((all, space) -> all.stream().collect(Collectors.joining(space + "," + space, open + space, space + close)));
  }

  private static Arbitrary<String> space() {
    return Arbitraries.of("", "", "", " ", "\n", "\t \r\n");
  }

  private static Arbitrary<String> number() {
    return Arbitraries.oneOf(Arbitraries.longs().map(String::valueOf), Arbitraries.doubles().ofScale(6).map(String::valueOf),
        Arbitraries.bigIntegers().map(String::valueOf), Arbitraries.of("-0", "0.10", "1e5", "1E+7", "1.5e-300", "0e0"));
  }

  /** A text; its escapes are of these characters. In names, half a surrogate pair is more than the parser takes (RFC 8259, section 8.2, warns of it). */
  private static Arbitrary<String> string(Predicate<Character> escapes) {
    Arbitrary<String> plain = Arbitraries.chars().filter(c -> c >= ' ' && c != '"' && c != '\\' && !Character.isSurrogate(c)).map(String::valueOf);
    Arbitrary<String> escaped = Arbitraries.frequencyOf(
        Tuple.of(3, Arbitraries.of("\\\"", "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t")),
        Tuple.of(2, Arbitraries.chars().filter(escapes).map(c -> String.format("\\u%04X", (int) c))),
        Tuple.of(1, Arbitraries.of("😀", "\\ud83d\\ude00", "senderId", "sender\\u0049d", "\u2028")));
    return Arbitraries.frequencyOf(Tuple.of(5, plain), Tuple.of(2, escaped)).list().ofMaxSize(12).map(parts -> '"' + String.join("", parts) + '"');
  }
}
