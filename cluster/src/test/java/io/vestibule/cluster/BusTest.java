package io.vestibule.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BusTest {

  @ParameterizedTest
  @EnumSource(ErrorReason.class)
  void everyFailureSurvivesTheWay(ErrorReason reason) {
    Failure sent = Failure.ofField(reason, "topic", "It says \"no\".").with("limit", 7).retryAfter(1500);
    Failure got = BusFailures.fromReply(recipient(reason.code(), BusFailures.toMessage(sent)));
    assertThat(got.reason()).isEqualTo(reason);
    assertThat(got.getMessage()).isEqualTo("It says \"no\".");
    assertThat(got.details()).isEqualTo(Map.of("field", "topic", "limit", 7));
    assertThat(got.retryAfterMs()).isEqualTo(1500);
  }

  @Test
  void aPlainFailureCarriesNothingMore() {
    assertThat(BusFailures.toMessage(Failure.of(ErrorReason.DRAINING)))
        .isEqualTo("{\"reason\":\"draining\",\"message\":\"This node is going away; connect again.\"}");
  }

  @Test
  void whatVertxReportsBecomesAReason() {
    assertThat(List.of(ReplyFailure.TIMEOUT, ReplyFailure.NO_HANDLERS, ReplyFailure.ERROR))
        .extracting(type -> BusFailures.fromReply(new ReplyException(type, "x")).reason())
        .containsExactly(ErrorReason.TIMEOUT, ErrorReason.UNAVAILABLE, ErrorReason.INTERNAL);
    assertThat(BusFailures.fromReply(new java.io.IOException("link")).reason()).isEqualTo(ErrorReason.UNAVAILABLE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "no", "[]", "null", "{}", "{\"reason\":7}",
      "{\"reason\":\"timeout\",\"message\":\"m\",\"details\":[]}", "{\"reason\":\"timeout\",\"message\":\"m\",\"details\":{\"a\":null}}"})
  void anApplicationsOwnFailureIsInternalWithItsCode(String message) {
    Failure failure = BusFailures.fromReply(recipient(1234, message));
    assertThat(failure.reason()).isEqualTo(ErrorReason.INTERNAL);
    assertThat(failure.details()).containsEntry("failureCode", 1234);
    assertThat(BusFailures.fromReply(recipient(1234, null)).reason()).isEqualTo(ErrorReason.INTERNAL);
  }

  private static ReplyException recipient(int code, String message) {
    return new ReplyException(ReplyFailure.RECIPIENT_FAILURE, code, message);
  }
}
