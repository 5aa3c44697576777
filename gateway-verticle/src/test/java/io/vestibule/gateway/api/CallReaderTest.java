package io.vestibule.gateway.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallReaderTest {
  private final CallReader reader = new CallReader(new JsonReader(16));

  private ServerCall.Publish publish(String body) {
    return (ServerCall.Publish) reader.read(CallName.PUBLISH, body.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "-0.00e+10", "\"\"", "\"ä\\u00e4\\\\ \uD83D\uDC1F\"", "true", "null", "[]", "{ }", "[ 1 , [ ] , {\"a\" : [2]} ]", "12345678901234567890.5"})
  void dataIsKeptCharacterByCharacter(String data) {
    for (String body : new String[] {"{\"topic\":\"a\",\"data\":" + data + "}", " { \"data\" : " + data + " , \"topic\" : \"a\" } \n"}) {
      assertThat(publish(body).payload().data().toString()).isEqualTo(data);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"senderId\":1,\"a\":{\"senderId\":2}}", "{\"a\":{\"senderId\":2},\"senderId\":\"x\"}", "{\"a\":{\"senderId\":2},\"sender\\u0049d\":\"x\"}",
      "{\"a\":{\"senderId\":2}}"})
  void theSenderIsTakenOutOfTheMetadata(String metadata) {
    Buffer kept = publish("{\"topic\":\"a\",\"data\":1,\"metadata\":" + metadata + "}").payload().metadata();
    assertThat(new JsonObject(kept)).isEqualTo(new JsonObject("{\"a\":{\"senderId\":2}}"));
  }

  @Test
  void metadataThatHasOnlyASenderIsEmpty() {
    assertThat(publish("{\"topic\":\"a\",\"data\":1,\"metadata\":{\"senderId\":1}}").payload().metadata().toString()).isEqualTo("{}");
    assertThat(publish("{\"topic\":\"a\",\"data\":1,\"metadata\":null}").payload().metadata()).isNull();
  }

  @Test
  void theLongestNameAndNumber() {
    assertThatThrownBy(() -> publish("{\"" + "x".repeat(300) + "\":1}")).asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.type(Failure.class))
        .extracting(Failure::reason).isEqualTo(ErrorReason.INVALID_VALUE);
    assertThatThrownBy(() -> publish("{\"topic\":\"a\",\"data\":" + "1".repeat(300) + "}")).isInstanceOf(Failure.class);
  }

  @Property(tries = 500)
  void anyJsonComesBackAsItWas(@ForAll("json") Object data, @ForAll("json") Object more) {
    JsonObject body = new JsonObject().put("topic", "t").put("data", data).put("metadata", new JsonObject().put("m", more).put("senderId", data));
    ServerCall.Payload payload = publish(body.encode()).payload();
    assertThat(payload.data().toString()).isEqualTo(Json.encode(data));
    assertThat(payload.metadata().toString()).isEqualTo(new JsonObject().put("m", more).encode());
  }

  @Property(tries = 2000)
  void anyBytesGiveACallOrAFailure(@ForAll byte[] noise, @ForAll CallName call) {
    try {
      assertThat(reader.read(call, noise)).isNotNull();
    } catch (Failure refused) {
      assertThat(refused.reason().code()).isEqualTo(400);
    }
  }

  @Property(tries = 2000)
  void aDamagedBodyGivesACallOrAFailure(@ForAll("json") Object data, @ForAll int where, @ForAll byte what) {
    byte[] body = new JsonObject().put("commands", new JsonArray().add(new JsonObject().put("publish",
        new JsonObject().put("topic", "t").put("data", data).put("metadata", new JsonObject().put("a", data))))).toBuffer().getBytes();
    body[Math.floorMod(where, body.length)] = what;
    try {
      assertThat(reader.read(CallName.BATCH, body)).isNotNull();
    } catch (Failure refused) {
      assertThat(refused.reason().code()).isEqualTo(400);
    }
  }

  @Provide
  Arbitrary<Object> json() {
    Arbitrary<Object> leaf = Arbitraries.oneOf(
        Arbitraries.strings().excludeChars('\uFFFE').ofMaxLength(10).filter(CallReaderTest::wellFormed).map(s -> (Object) s),
        Arbitraries.integers().map(i -> (Object) i), Arbitraries.of(true, false).map(b -> (Object) b));
    return Arbitraries.recursive(() -> leaf, inner -> Arbitraries.oneOf(
        inner.list().ofMaxSize(3).map(list -> (Object) new JsonArray(new java.util.ArrayList<>(list))),
        Arbitraries.maps(Arbitraries.strings().alpha().ofMaxLength(5), inner).ofMaxSize(3).map(map -> (Object) new JsonObject(new java.util.LinkedHashMap<>(map)))), 0, 3);
  }

  private static boolean wellFormed(String text) {
    return text.codePoints().noneMatch(c -> Character.getType(c) == Character.SURROGATE);
  }
}
