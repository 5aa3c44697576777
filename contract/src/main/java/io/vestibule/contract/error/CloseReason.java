package io.vestibule.contract.error;

/**
 * Why the server closes a connection: the closed list behind the WebSocket close code (RFC 6455, section 7.4), the
 * {@code closing} frame and the label of the disconnect metric. 4000 to 4499 tell the client to reconnect with backoff, 4500
 * to 4999 that the same credentials will not do.
 */
public enum CloseReason {
  NORMAL(1000, "normal", false, "closed as asked"),
  PROTOCOL_ERROR(1002, "protocol_error", true, "a frame broke the WebSocket protocol"),
  INVALID_UTF8(1007, "invalid_utf8", true, "a text frame was not UTF-8"),
  TOO_LARGE(1009, "too_large", true, "a frame was larger than permitted"),
  RESTARTING(1012, "restarting", true, "the node is going away"),
  OVER_CAPACITY(1013, "over_capacity", true, "the node cannot serve more connections"),
  HEARTBEAT_TIMEOUT(4000, "heartbeat_timeout", true, "no sign of life from the client"),
  SLOW_CONSUMER(4008, "slow_consumer", true, "the client reads more slowly than its messages arrive"),
  TOO_FAST(4029, "too_fast", true, "the client keeps exceeding its rate limit"),
  PROTOCOL_ABUSE(4400, "protocol_abuse", true, "the client keeps sending malformed frames"),
  SESSION_LOST(4410, "session_lost", true, "the session is not known any more; join again"),
  CUT_OFF(4411, "cut_off", true, "the node cannot reach the waiting line; come back with the resume token"),
  NOT_AUTHENTICATED(4501, "not_authenticated", false, "not authenticated in time, or refused"),
  TOKEN_EXPIRED(4502, "token_expired", false, "the token expired and was not refreshed"),
  FORBIDDEN(4503, "forbidden", false, "not sent yet: what is not permitted is answered with an error"),
  REPLACED(4509, "replaced", false, "replaced by a newer connection of the same user"),
  TAKEN_OVER(4510, "taken_over", false, "the session went on with another connection"),
  DISCONNECTED(4511, "disconnected", false, "disconnected by the server"),
  REVOKED(4512, "revoked", false, "the session was revoked");

  private final int code;
  private final String slug;
  private final boolean reconnect;
  private final String text;

  CloseReason(int code, String slug, boolean reconnect, String text) {
    this.code = code;
    this.slug = slug;
    this.reconnect = reconnect;
    this.text = text;
  }

  /** The WebSocket close code. */
  public int code() {
    return code;
  }

  /** The stable name, sent as the reason of the close frame. */
  public String slug() {
    return slug;
  }

  /** Whether the client should connect again with the credentials it has. */
  public boolean reconnect() {
    return reconnect;
  }

  /** A few words for people. */
  public String text() {
    return text;
  }
}
