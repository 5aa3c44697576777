package io.vestibule.gateway.bridge;

import io.vertx.core.json.JsonObject;
import io.vestibule.cluster.Bus;
import io.vestibule.contract.log.CorrelationId;
import java.util.Map;

/** The headers of what a client sends: its own pass, but who sent it is for the server to say. */
final class BridgeHeaders {
  /** Tells the application who sent a message. */
  static final String USER_ID = "userId";

  private static final String HEADERS = "headers";
  private static final String RESERVED = "__vertx";

  private BridgeHeaders() {}

  /**
   * Replaces the headers of a client's message: {@code userId} is the sender's, {@code correlationId} is the client's if it is usable and a fresh one if
   * not, and what Vert.x keeps for itself is dropped.
   *
   * @return whether the message may pass; not where a header has no form on the bus
   */
  static boolean secure(JsonObject message, String userId) {
    Object given = message.getValue(HEADERS);
    if (given != null && !(given instanceof JsonObject)) {
      return false;
    }
    JsonObject secured = new JsonObject();
    String correlationId = null;
    for (Map.Entry<String, Object> header : given == null ? new JsonObject() : (JsonObject) given) {
      String name = header.getKey();
      if (!isText(name) || name.isEmpty() || !isValue(header.getValue())) {
        return false;
      }
      if (name.equalsIgnoreCase(Bus.CORRELATION_ID)) {
        correlationId = header.getValue().toString();
      } else if (!name.equalsIgnoreCase(USER_ID) && !name.startsWith(RESERVED)) {
        secured.put(name, header.getValue().toString());
      }
    }
    message.put(HEADERS, secured.put(USER_ID, userId).put(Bus.CORRELATION_ID, CorrelationId.orFresh(correlationId)));
    return true;
  }

  private static boolean isValue(Object value) {
    return value instanceof Number || value instanceof Boolean || value instanceof String text && isText(text);
  }

  private static boolean isText(String text) {
    return text.chars().noneMatch(Character::isISOControl);
  }
}
