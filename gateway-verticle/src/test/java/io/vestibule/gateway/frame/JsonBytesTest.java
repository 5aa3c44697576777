package io.vestibule.gateway.frame;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class JsonBytesTest {
  private static final ObjectMapper READER = new ObjectMapper();

  private final JsonBytes json = new JsonBytes();

  private static JsonNode read(Buffer text) {
    try {
      return READER.readTree(text.getBytes());
    } catch (IOException e) {
      throw new AssertionError(text.toString(), e);
    }
  }

  @Property
  void anyStringIsReadAgainAsItIs(@ForAll String value, @ForAll String next) {
    JsonNode read = read(json.start().field("a", value).field("b", next).close().toBuffer());
    assertThat(read.get("a").textValue()).isEqualTo(value);
    assertThat(read.get("b").textValue()).isEqualTo(next);
  }

  @Example
  void halvesOfSurrogatePairsToo() {
    for (String value : new String[] {"\ud800", "\udc00", "a\ud800b\"\\\n", "\udc00\ud800", "\ud83d\ude00\ud83d"}) {
      assertThat(read(json.start().field("a", value).close().toBuffer()).get("a").textValue()).isEqualTo(value);
    }
  }

  @Property
  void numbersAndFlags(@ForAll long number, @ForAll boolean flag) {
    JsonNode read = read(json.start().field("n", number).field("f", flag).nothing("z").close().toBuffer());
    assertThat(read.get("n").longValue()).isEqualTo(number);
    assertThat(read.get("f").booleanValue()).isEqualTo(flag);
    assertThat(read.get("z").isNull()).isTrue();
  }

  @Example
  void commasAreWhereTheyBelong() {
    Buffer text = json.start().field("absent", null).open("o").close().open("p").field("q", 1).close().openList("l").closeList().openList("m").open()
        .close().open().field("r", "s").close().closeList().raw("t", "[1]").raw("u", (String) null).raw("v", (Buffer) null)
        .raw("w", Buffer.buffer("{}")).members(Buffer.buffer("{}")).members(Buffer.buffer("{\"x\":1,\"y\":2}")).plain("z", "z").close().toBuffer();
    assertThat(text.toString()).isEqualTo(
        "{\"o\":{},\"p\":{\"q\":1},\"l\":[],\"m\":[{},{\"r\":\"s\"}],\"t\":[1],\"v\":null,\"w\":{},\"x\":1,\"y\":2,\"z\":\"z\"}");
  }

  @Example
  void aTextThatWasNotEndedLeavesNothing() {
    json.start().field("half", "x").open("o");
    assertThat(json.start().field("a", 1).close().toBuffer().toString()).isEqualTo("{\"a\":1}");
  }

  @Example
  void longTextsGrowTheBufferAndGiveItBack() {
    String large = "ü".repeat(1_000_000);
    assertThat(read(json.start().field("a", large).close().toBuffer()).get("a").textValue()).isEqualTo(large);
    assertThat(json.start().field("a", 1).close().toBuffer().toString()).isEqualTo("{\"a\":1}");
  }
}
