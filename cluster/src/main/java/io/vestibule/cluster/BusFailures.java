package io.vestibule.cluster;

import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/**
 * How a failure travels: the reply's failure code is the catalogue's code, its message a JSON object with {@code reason},
 * {@code message}, and where there are any {@code details} and {@code retryAfterMs}.
 */
final class BusFailures {
  private BusFailures() {}

  static String toMessage(Failure failure) {
    JsonObject json = new JsonObject().put("reason", failure.reason().slug()).put("message", failure.getMessage());
    if (!failure.details().isEmpty()) {
      json.put("details", new JsonObject(failure.details()));
    }
    if (failure.retryAfterMs() > 0) {
      json.put("retryAfterMs", failure.retryAfterMs());
    }
    return json.encode();
  }

  /** What a caller is told about a request that failed in this way. */
  static Failure fromReply(Throwable thrown) {
    if (thrown instanceof Failure failure) {
      return failure;
    }
    if (thrown instanceof TimeoutException) {
      return Failure.of(ErrorReason.TIMEOUT);
    }
    if (thrown instanceof ReplyException reply) {
      return switch (reply.failureType()) {
        case TIMEOUT -> Failure.of(ErrorReason.TIMEOUT);
        case NO_HANDLERS -> Failure.of(ErrorReason.UNAVAILABLE);
        case RECIPIENT_FAILURE -> parse(reply);
        case ERROR -> Failure.of(ErrorReason.INTERNAL);
      };
    }
    return Failure.of(ErrorReason.UNAVAILABLE);
  }

  /** Rebuilds what {@link #toMessage} wrote; an application's own words are not ours to pass on, its code is. */
  private static Failure parse(ReplyException reply) {
    try {
      JsonObject json = new JsonObject(String.valueOf(reply.getMessage()));
      Failure failure = Failure.of(ErrorReason.ofSlug(json.getString("reason")), json.getString("message"));
      Map<String, Object> details = json.getJsonObject("details", new JsonObject()).getMap();
      for (var detail : details.entrySet()) {
        failure = failure.with(detail.getKey(), detail.getValue());
      }
      return failure.retryAfter(json.getLong("retryAfterMs", 0L));
    } catch (DecodeException | ClassCastException | NullPointerException notOurs) {
      return Failure.of(ErrorReason.INTERNAL).with("failureCode", reply.failureCode());
    }
  }
}
