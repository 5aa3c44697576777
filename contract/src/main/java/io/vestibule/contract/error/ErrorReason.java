package io.vestibule.contract.error;

import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The one catalogue of what can go wrong for a client: every {@code error} and {@code auth_error} frame, every
 * {@code application/problem+json} body and every failed bus reply carries one of these. The slug is what programs
 * match on and the label of the error metric; it never changes once released. {@code docs/protocol.md} lists the
 * catalogue and a test holds that list to this enum.
 */
public enum ErrorReason {
  // 400: the request itself is wrong
  NOT_JSON(400, "not_json", false, "This is not a JSON object."),
  BINARY_NOT_SUPPORTED(400, "binary_not_supported", false, "This endpoint takes text frames only."),
  DUPLICATE_KEY(400, "duplicate_key", false, "A key of the frame appears twice."),
  UNKNOWN_TYPE(400, "unknown_type", false, "The frame has an unknown type."),
  MISSING_FIELD(400, "missing_field", false, "A required field is missing."),
  WRONG_TYPE(400, "wrong_type", false, "A field has the wrong JSON type."),
  INVALID_VALUE(400, "invalid_value", false, "A field has a value that is not permitted."),
  UNKNOWN_FIELD(400, "unknown_field", false, "The request has a field that this call does not know."),
  INVALID_TOPIC(400, "invalid_topic", false, "The topic is not a valid topic name."),
  INVALID_PATTERN(400, "invalid_pattern", false, "The topic is not a valid topic pattern."),
  WILDCARD_IN_PUBLISH(400, "wildcard_in_publish", false, "Publish to a literal topic, without wildcards."),
  NOT_DURABLE(400, "not_durable", false, "Nothing is kept of this topic."),
  NO_MEMBERS(400, "no_members", false, "The topic has no members."),
  TOO_DEEP(400, "too_deep", false, "The JSON is nested too deeply."),
  RECEIVE_ONLY(400, "receive_only", false, "This feed takes nothing but pings."),
  NOT_IMPLEMENTED(400, "not_implemented", false, "This server does not offer this frame type yet."),

  // 401: who are you
  NOT_AUTHENTICATED(401, "not_authenticated", false, "Authenticate first."),
  TOKEN_MISSING(401, "token_missing", false, "A token is required."),
  TOKEN_MALFORMED(401, "token_malformed", false, "The token is not a well-formed JWT."),
  TOKEN_SIGNATURE(401, "token_signature", false, "The signature of the token cannot be verified with a configured key."),
  TOKEN_ALGORITHM(401, "token_algorithm", false, "The algorithm of the token is not permitted."),
  TOKEN_EXPIRED(401, "token_expired", false, "The token has expired."),
  TOKEN_NOT_YET_VALID(401, "token_not_yet_valid", false, "The token is not valid yet."),
  TOKEN_ISSUER(401, "token_issuer", false, "The issuer of the token is not accepted."),
  TOKEN_AUDIENCE(401, "token_audience", false, "The token is not meant for this server."),
  TOKEN_CLAIMS(401, "token_claims", false, "A claim of the token is missing or has the wrong type."),
  TOKEN_OTHER_USER(401, "token_other_user", false, "The token belongs to another user than this connection."),
  KEYS_UNAVAILABLE(503, "keys_unavailable", true, "The keys that verify tokens cannot be had right now."),
  API_KEY_INVALID(401, "api_key_invalid", false, "The API key is not known."),
  RESUME_INVALID(401, "invalid", false, "The resume token is not one of this cluster."),
  RESUME_EXPIRED(401, "expired", false, "The session of the resume token has ended."),

  // 403: not permitted
  FORBIDDEN_SUBSCRIBE(403, "forbidden_subscribe", false, "You may not subscribe to this topic."),
  FORBIDDEN_PUBLISH(403, "forbidden_publish", false, "You may not publish to this topic."),
  FORBIDDEN_CALL(403, "forbidden_call", false, "The token does not permit this call."),
  OWN_TOPIC(403, "own_topic", false, "A connection stays subscribed to the topic of its own user."),
  FORBIDDEN_ORIGIN(403, "forbidden_origin", false, "Connections from this origin are not permitted."),
  NO_PRESENCE(403, "no_presence", false, "Who is in this topic is not shown."),
  RESUME_REVOKED(403, "revoked", false, "The session was revoked."),

  // 404, 405, 408, 409, 413, 415, 426
  NOT_FOUND(404, "not_found", false, "There is nothing at this address."),
  UNKNOWN_QUEUE(404, "unknown_queue", false, "There is no queue of this name."),
  NOT_SUBSCRIBED(404, "not_subscribed", false, "There is no such subscription."),
  UNKNOWN_SESSION(404, "unknown_session", false, "There is no such session."),
  METHOD_NOT_ALLOWED(405, "method_not_allowed", false, "This address does not take this method."),
  TIMEOUT(408, "timeout", true, "The answer did not come in time."),
  ALREADY_AUTHENTICATED(409, "already_authenticated", false, "The connection is authenticated already."),
  RESUME_USED(409, "used", false, "The resume token was used, and a newer one was read."),
  MESSAGE_TOO_LARGE(413, "message_too_large", false, "The message is larger than permitted."),
  SESSION_TOO_LARGE(413, "session_too_large", false, "The session would remember more than permitted."),
  RECOVERY_TOO_LARGE(413, "recovery_too_large", false, "More topics moved than can be recovered at once: subscribe from now on, and read their history."),
  URI_TOO_LONG(414, "uri_too_long", false, "The request's first line is longer than permitted."),
  MEDIA_TYPE(415, "media_type", false, "Send the body as application/json."),
  UPGRADE_REQUIRED(426, "upgrade_required", false, "Open a WebSocket here, version 13."),
  HEADERS_TOO_LARGE(431, "headers_too_large", false, "The request's headers are larger than permitted."),

  // 429: too much
  RATE_LIMITED(429, "rate_limited", true, "Too many messages; slow down."),
  TOO_MANY_SUBSCRIPTIONS(429, "too_many_subscriptions", false, "The connection has as many subscriptions as permitted."),
  TOO_MANY_MEMBERS(429, "too_many_members", false, "The topic has as many members as permitted."),
  TOO_MANY_MEMBERSHIPS(429, "too_many_memberships", false, "The user is a member of as many topics as permitted."),
  TOO_MANY_CONNECTIONS(429, "too_many_connections", true, "There are too many connections from this address."),
  TOO_MANY_USER_CONNECTIONS(429, "too_many_user_connections", true, "The user has as many connections as permitted."),
  TOO_MANY_JOINS(429, "too_many_joins", true, "Too many attempts to connect or join; wait a little."),
  TOO_MANY_ATTEMPTS(429, "too_many_attempts", false, "Too many failed attempts to resume the session."),
  TOO_SOON(429, "too_soon", true, "The next attempt came before its time."),

  // 500, 503: us
  INTERNAL(500, "internal", true, "The server failed to handle the request."),
  NODE_FULL(503, "node_full", true, "This node has as many connections as it can serve."),
  UNAVAILABLE(503, "unavailable", true, "A part of the cluster that is needed does not answer."),
  ADMISSION_UNAVAILABLE(503, "admission_unavailable", true, "Nobody answers for the waiting line right now."),
  LINE_FULL(503, "line_full", true, "The waiting line is as long as permitted."),
  NOT_STORED(503, "not_stored", true, "The message could not be stored."),
  STORE_UNAVAILABLE(503, "store_unavailable", true, "What is kept of topics cannot be read right now."),
  MEMBERS_FULL(503, "members_full", true, "There is no room to keep more members of topics."),
  MINORITY(503, "minority", true, "This node is cut off from most of its cluster and admits nobody."),
  DRAINING(503, "draining", true, "This node is going away; connect again.");

  private static final Map<String, ErrorReason> BY_SLUG =
      Stream.of(values()).collect(Collectors.toUnmodifiableMap(ErrorReason::slug, Function.identity()));

  private final int code;
  private final String slug;
  private final boolean temporary;
  private final String text;

  ErrorReason(int code, String slug, boolean temporary, String text) {
    this.code = code;
    this.slug = slug;
    this.temporary = temporary;
    this.text = text;
  }

  /** The code, which follows HTTP and is the status where the error travels by HTTP. */
  public int code() {
    return code;
  }

  /** The stable name that programs match on, and the metric label. */
  public String slug() {
    return slug;
  }

  /** Whether the same request may succeed later without being changed. */
  public boolean temporary() {
    return temporary;
  }

  /** One sentence for people. */
  public String text() {
    return text;
  }

  /**
   * Finds a reason by its slug.
   *
   * @return the reason, or {@link #INTERNAL} for a slug that this version does not know (a newer node's)
   */
  public static ErrorReason ofSlug(String slug) {
    return BY_SLUG.getOrDefault(slug, INTERNAL);
  }
}
