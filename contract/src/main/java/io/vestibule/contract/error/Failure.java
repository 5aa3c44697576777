package io.vestibule.contract.error;

import java.util.Map;
import java.util.Objects;

/**
 * A failure that a client is told about. It carries no stack trace: it is an answer, not a surprise.
 */
public final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorReason reason;
  private final transient Map<String, Object> details;
  private final long retryAfterMs;

  private Failure(ErrorReason reason, String message, Map<String, Object> details, long retryAfterMs) {
    super(Objects.requireNonNull(message), null, false, false);
    this.reason = Objects.requireNonNull(reason);
    this.details = Map.copyOf(details);
    this.retryAfterMs = retryAfterMs;
  }

  /** A failure with the catalogue's own text. */
  public static Failure of(ErrorReason reason) {
    return new Failure(reason, reason.text(), Map.of(), 0);
  }

  /** A failure with a text of its own; it must not contain secrets or payload. */
  public static Failure of(ErrorReason reason, String message) {
    return new Failure(reason, message, Map.of(), 0);
  }

  /** A failure that names the field of the request which is wrong. */
  public static Failure ofField(ErrorReason reason, String field) {
    return new Failure(reason, reason.text(), Map.of("field", field), 0);
  }

  /** A failure that names the field and says in its own words what is wrong with it. */
  public static Failure ofField(ErrorReason reason, String field, String message) {
    return new Failure(reason, message, Map.of("field", field), 0);
  }

  /** The same failure with one more detail. */
  public Failure with(String key, Object value) {
    var more = new java.util.LinkedHashMap<>(details);
    more.put(key, value);
    return new Failure(reason, getMessage(), more, retryAfterMs);
  }

  /** The same failure with the time after which a retry makes sense, in milliseconds. */
  public Failure retryAfter(long millis) {
    return new Failure(reason, getMessage(), details, millis);
  }

  public ErrorReason reason() {
    return reason;
  }

  /** Details for programs: field names, limits; JSON values only. */
  public Map<String, Object> details() {
    return details;
  }

  /** Milliseconds until a retry makes sense; 0 when nothing is known. */
  public long retryAfterMs() {
    return retryAfterMs;
  }
}
