package io.vestibule.gateway.topic;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.contract.error.ErrorReason;
import java.util.HashMap;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UserTopicTest {

  @ParameterizedTest
  @CsvSource({"alice, user.alice", "a.b, user.a~2Eb", "*, user.~2A", "**, user.~2A~2A", "'a b', user.a~20b", "a~2Eb, user.a~7E2Eb",
      "~, user.~7E", "\u00e9, user.~C3~A9", "\ud83d\ude00, user.~F0~9F~98~80", "A:B@c-d_e, user.A:B@c-d_e", "?, user.~3F"})
  void escapes(String userId, String topic) {
    assertThat(UserTopic.of(userId)).isEqualTo(topic);
  }

  @Test
  void keepsWhatJustFits() {
    assertThat(UserTopic.of("a".repeat(250))).isEqualTo("user." + "a".repeat(250)).hasSize(255);
    assertThat(UserTopic.of("a".repeat(251))).matches("user\\.~~[0-9a-f]{64}");
  }

  @Test
  void givesLongIdsTopicsOfTheirOwn() {
    String longId = "x".repeat(1000);
    assertThat(TopicName.isValid(UserTopic.of(longId))).isTrue();
    assertThat(UserTopic.of(longId)).isNotEqualTo(UserTopic.of(longId + "x"));
    // An id that spells the hashed form is escaped, so it does not get there.
    assertThat(UserTopic.of(UserTopic.of(longId).substring("user.".length()))).isNotEqualTo(UserTopic.of(longId));
  }

  @Test
  void tellsHalfASurrogatePairFromItsReplacement() {
    assertThat(List.of(UserTopic.of("\ud800"), UserTopic.of("\ud801"), UserTopic.of("\udc00"), UserTopic.of("?"), UserTopic.of("\ufffd")))
        .doesNotHaveDuplicates()
        .allMatch(TopicName::isValid);
  }

  @Test
  void refusesAnEmptyId() {
    assertThat(TopicNameTest.reason(() -> UserTopic.of(""))).isEqualTo(ErrorReason.INVALID_VALUE);
  }

  @Property(tries = 500)
  void noTwoIdsShareATopic(@ForAll("ids") List<String> ids) {
    var owners = new HashMap<String, String>();
    for (String id : ids) {
      String topic = UserTopic.of(id);
      assertThat(TopicName.isValid(topic)).isTrue();
      assertThat(topic.split("\\.")).hasSize(2);
      assertThat(owners.merge(topic, id, (a, b) -> a)).isEqualTo(id);
    }
  }

  @Provide
  Arbitrary<List<String>> ids() {
    Arbitrary<String> near = Arbitraries.of("~", "2", "E", "7", ".", "*", "a", "\ud800", "\udc00", "\ud83d\ude00", "?")
        .list().ofMinSize(1).ofMaxSize(5).map(parts -> String.join("", parts));
    Arbitrary<String> any = Arbitraries.strings().ofMinLength(1).ofMaxLength(300);
    return Arbitraries.oneOf(near, any).list().ofSize(60);
  }
}
