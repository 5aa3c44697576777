package io.vestibule.systemtests.harness;

import io.vertx.core.json.JsonObject;

/**
 * A frame that came from the server.
 *
 * @param json the whole of it
 * @param atNanos when it came, by this process's {@link System#nanoTime}
 */
public record Frame(JsonObject json, long atNanos) {
  public String type() {
    return json.getString("type");
  }

  public String topic() {
    return json.getString("topic");
  }

  /** The application's part of a {@code message}; the tests send objects only. */
  public JsonObject data() {
    return json.getJsonObject("data");
  }

  /** Whether it is a message that {@link Stream} sent under this name. */
  boolean isOf(String stream) {
    return "message".equals(type()) && json.getValue("data") instanceof JsonObject data && stream.equals(data.getString("stream"));
  }
}
