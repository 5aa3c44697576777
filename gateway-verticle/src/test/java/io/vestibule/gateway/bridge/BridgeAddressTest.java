package io.vestibule.gateway.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonObject;
import io.vestibule.contract.config.InvalidSettings;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BridgeAddressTest {

  @ParameterizedTest
  @CsvSource({"ada, ada", "a.b, a~2Eb", "**, ~2A~2A", "a_b-C9, a_b-C9", "~, ~7E", "ü, ~C3~BC", "a@b, a~40b", "' ', ~20"})
  void aUserIdBecomesOneSegment(String userId, String segment) {
    assertThat(UserSegment.of(userId)).isEqualTo(segment);
  }

  @Test
  void aLongUserIdBecomesADigest() {
    assertThat(UserSegment.of("x".repeat(128))).hasSize(128);
    assertThat(UserSegment.of("x".repeat(129))).matches("~~[0-9a-f]{64}");
  }

  @Property
  void noTwoUserIdsMakeTheSameSegmentAndNoneLeavesIt(@ForAll String one, @ForAll String other) {
    Assume.that(wellFormed(one) && wellFormed(other) && !one.isEmpty());
    assertThat(UserSegment.of(one)).matches(UserSegment.FORM);
    assertThat(UserSegment.of(one).equals(UserSegment.of(other))).isEqualTo(one.equals(other));
  }

  @Property
  void anAddressOfAUserMatchesItsTemplateOnly(@ForAll String userId) {
    Assume.that(wellFormed(userId) && !userId.isEmpty());
    var template = new AddressTemplate("orders.{userId}.new");
    assertThat(template.of(userId)).matches(template.regex());
    assertThat(template.of(userId).split("\\.")).hasSize(3);
    assertThat("orders.x.y.new").doesNotMatch(template.regex());
  }

  private static boolean wellFormed(String text) {
    return text.codePoints().noneMatch(c -> Character.getType(c) == Character.SURROGATE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"chat.room", "echo.service", "orders.{userId}", "a.{userId}.b", "A_b:c@d~e-f/g$h", "vestibules", "x.vestibule"})
  void whatMayBeOpened(String address) {
    assertThat(AddressTemplate.problem(address)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "a.*", "a.**", "*", ".*", "a..b", ".a", "a.", "vestibule", "vestibule.publish", "vestibule.fan.v1", "vertx.health", "__vertx.reply.1",
      "{userId}", "{userId}.a", "vesti{userId}", "a.{userId}.{userId}", "a.{userid}", "a.{user}", "a\nb", "a.{userId}x"})
  void whatMayNot(String address) {
    assertThat(AddressTemplate.problem(address)).isPresent();
    for (boolean inbound : new boolean[] {true, false}) {
      assertThatThrownBy(() -> new BridgeConfig(true, inbound ? List.of("ok", address) : List.of(), inbound ? List.of() : List.of("ok", address), 20,
          Duration.ofSeconds(30), 65_536, 65_536)).isInstanceOf(InvalidSettings.class).hasMessageContaining((inbound ? "inbound '" : "outbound '") + address + "'");
    }
  }

  @Test
  void whoSentItIsForTheServerToSay() {
    JsonObject message = new JsonObject("{\"headers\":{\"USERID\":\"root\",\"userId\":\"root\",\"correlationId\":\"flow-1\",\"__vertx.x\":\"y\",\"mood\":\"good\",\"n\":7}}");
    assertThat(BridgeHeaders.secure(message, "ada")).isTrue();
    assertThat(message.getJsonObject("headers")).isEqualTo(
        new JsonObject().put("mood", "good").put("n", "7").put("userId", "ada").put("correlationId", "flow-1"));
  }

  @Test
  void aMessageWithoutHeadersGetsThem() {
    JsonObject message = new JsonObject();
    assertThat(BridgeHeaders.secure(message, "ada")).isTrue();
    assertThat(message.getJsonObject("headers").getString("userId")).isEqualTo("ada");
    assertThat(message.getJsonObject("headers").getString("correlationId")).hasSize(16);
  }

  @ParameterizedTest
  @ValueSource(strings = {"7", "\"x\"", "[]", "{\"a\":null}", "{\"a\":{}}", "{\"a\":[1]}", "{\"a\":\"x\\ny\"}", "{\"a\\r\":\"x\"}", "{\"\":\"x\"}"})
  void headersWithoutAFormOnTheBusAreRefused(String headers) {
    assertThat(BridgeHeaders.secure(new JsonObject("{\"headers\":" + headers + "}"), "ada")).isFalse();
  }
}
