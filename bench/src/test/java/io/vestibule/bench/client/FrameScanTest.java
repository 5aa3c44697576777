package io.vestibule.bench.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class FrameScanTest {

  @Test
  void findsAMemberWhateverTheOrderAndTheSpace() {
    assertThat(stringOf(" { \"timestamp\" : 1 , \"type\":\"message\"}", "type")).isEqualTo("message");
    assertThat(stringOf("{\"type\":\"message\",\"data\":{\"type\":\"x\"}}", "type")).isEqualTo("message");
    assertThat(stringOf("{\"data\":{\"type\":\"x\"},\"type\":\"message\"}", "type")).isEqualTo("message");
    assertThat(stringOf("{\"data\":\"\\\"type\\\":\\\"x\\\"\",\"type\":\"message\"}", "type")).isEqualTo("message");
  }

  @Test
  void whatIsMalformedReadsAsAbsent() {
    for (String text : new String[] {"", "{", "{\"type", "{\"type\"", "{\"type\":", "[\"type\"]", "\"type\"", "{\"a\":\"b}", "{}", "{\"a\" 1}"}) {
      assertThat(stringOf(text, "type")).as(text).isNull();
    }
    assertThat(stringOf("{\"type\":\"never closed", "type")).isNull();
    assertThat(stringOf("{\"type\":7}", "type")).isNull();
  }

  @Test
  void walksOverTheElementsOfAnArray() {
    assertThat(elementsOf("[ {\"a\":[1,2]} , \"x,]\",[[3]] ,4]")).containsExactly('{', '"', '[', '4');
    for (String none : new String[] {"[]", "[ ]", "{}", "7", "[", ""}) {
      assertThat(elementsOf(none)).as(none).isEmpty();
    }
    assertThat(elementsOf("[1,")).containsExactly('1');
    ByteBuf bytes = bytes("\"user-7\"");
    assertThat(FrameScan.startsWith(bytes, 0, 8, FrameScan.key("user-"))).isTrue();
    assertThat(FrameScan.startsWith(bytes, 0, 8, FrameScan.key("user-8"))).isFalse();
    assertThat(FrameScan.startsWith(bytes, 0, 5, FrameScan.key("user-"))).isFalse();
    assertThat(FrameScan.startsWith(bytes, -1, 8, FrameScan.key(""))).isFalse();
  }

  private static List<Character> elementsOf(String array) {
    ByteBuf bytes = bytes(array);
    List<Character> begins = new ArrayList<>();
    for (int at = FrameScan.firstElement(bytes, 0, bytes.readableBytes()); at >= 0; at = FrameScan.nextElement(bytes, at, bytes.readableBytes())) {
      begins.add((char) bytes.getByte(at));
    }
    return begins;
  }

  @Property
  void agreesWithAParser(@ForAll("objects") JsonObject object) {
    ByteBuf bytes = bytes(object.encode());
    for (Map.Entry<String, Object> member : object) {
      int at = FrameScan.find(bytes, 0, bytes.readableBytes(), FrameScan.key(member.getKey()));
      String rest = bytes.toString(at, bytes.readableBytes() - at, StandardCharsets.UTF_8);
      assertThat(rest).startsWith(new JsonArray().add(member.getValue()).encode().replaceAll("^\\[|\\]$", ""));
    }
    assertThat(FrameScan.find(bytes, 0, bytes.readableBytes(), FrameScan.key("absent"))).isEqualTo(-1);
  }

  @Property
  void neverReadsBeyondItsRange(@ForAll byte[] noise) {
    ByteBuf bytes = Unpooled.wrappedBuffer(noise);
    int at = FrameScan.find(bytes, 0, noise.length, FrameScan.key("type"));
    assertThat(at).isBetween(-1, Math.max(-1, noise.length - 1));
    FrameScan.string(bytes, at, noise.length);
  }

  @Provide
  Arbitrary<JsonObject> objects() {
    Arbitrary<String> keys = Arbitraries.strings().alpha().ofMinLength(1).ofMaxLength(5);
    Arbitrary<Object> leaves = Arbitraries.oneOf(
        Arbitraries.strings().withChars("ab\"\\{}[]:, \u00e9").ofMaxLength(8).map(s -> (Object) s),
        Arbitraries.integers().map(i -> (Object) i), Arbitraries.of(true, false).map(b -> (Object) b));
    Arbitrary<JsonObject> flat = Arbitraries.maps(keys, leaves).ofMaxSize(4).map(JsonObject::new);
    Arbitrary<Object> values = Arbitraries.oneOf(leaves, flat.map(o -> (Object) o), flat.map(o -> (Object) new JsonArray().add(o).add("]")));
    return Combinators.combine(flat, Arbitraries.maps(keys, values).ofMaxSize(4)).as((a, b) -> a.copy().mergeIn(new JsonObject(b)));
  }

  private static String stringOf(String json, String key) {
    ByteBuf bytes = bytes(json);
    return FrameScan.string(bytes, FrameScan.find(bytes, 0, bytes.readableBytes(), FrameScan.key(key)), bytes.readableBytes());
  }

  private static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
  }
}
