package io.vestibule.gateway.auth;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Set;

/**
 * What a verified token says of its holder (docs/protocol.md, Tokens).
 *
 * @param userId {@code sub}
 * @param expiresAtMs {@code exp} as Unix milliseconds
 * @param subscribe patterns that narrow what may be subscribed to, or null where the token does not narrow
 * @param publish patterns that narrow what may be published to, or null where the token does not narrow
 * @param api server API calls that the token opens; empty means none
 * @param info shown in presence, or null; never changed after it was made
 * @param maxConnections connections this user may have, or null for the configured number
 * @param priorityClass admission priority class, or null
 * @param admin whether the holder is an operator
 */
public record Claims(
    String userId,
    long expiresAtMs,
    List<String> subscribe,
    List<String> publish,
    Set<String> api,
    JsonObject info,
    Integer maxConnections,
    String priorityClass,
    boolean admin) {}
