package io.vestibule.gateway.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicNameTest {

  @ParameterizedTest
  @ValueSource(strings = {"a", "a.b.c", "user.x~2Ey", "A-Z_0:9@~", "1.2.3.4.5.6.7.8.9.10.11.12.13.14.15.16"})
  void takesTopicsOfTheGrammar(String topic) {
    assertThat(TopicName.requireValid(topic)).isEqualTo(topic);
    assertThat(TopicName.requirePublishable(topic)).isEqualTo(topic);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "a.", ".a", "a..b", "a b", "a/b", "a#", "\u00e9", "a.\ud83d\ude00", "a\u0000", "a*", "***", "a.*b",
      "1.2.3.4.5.6.7.8.9.10.11.12.13.14.15.16.17"})
  void refusesAnythingElse(String topic) {
    assertThat(reason(() -> TopicName.requireValid(topic))).isEqualTo(ErrorReason.INVALID_TOPIC);
    assertThat(reason(() -> TopicName.requirePublishable(topic))).isEqualTo(ErrorReason.INVALID_TOPIC);
    assertThat(TopicName.isValid(topic)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"*", "**", "a.*", "**.b", "a.**.b.**.c.**"})
  void tellsWildcardsApartWhenPublishing(String topic) {
    assertThat(reason(() -> TopicName.requirePublishable(topic))).isEqualTo(ErrorReason.WILDCARD_IN_PUBLISH);
    assertThat(reason(() -> TopicName.requireValid(topic))).isEqualTo(ErrorReason.INVALID_TOPIC);
  }

  @Test
  void bounds255Characters() {
    assertThat(TopicName.isValid("a".repeat(255))).isTrue();
    assertThat(TopicName.isValid("a".repeat(256))).isFalse();
  }

  @Test
  void namesTheFieldAndTheProblem() {
    Failure failure = catchThrowableOfType(Failure.class, () -> TopicName.requireValid("a.b c"));
    assertThat(failure.details()).containsEntry("field", "topic");
    assertThat(failure).hasMessageContaining("position 3");
  }

  static ErrorReason reason(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    return catchThrowableOfType(Failure.class, call).reason();
  }
}
