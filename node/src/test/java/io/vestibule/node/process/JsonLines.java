package io.vestibule.node.process;

import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;

/** Reads a node's JSON log. */
final class JsonLines {
  private JsonLines() {}

  /**
   * The first line of an event, waited for.
   *
   * @throws AssertionError if the log ends without one
   */
  static JsonObject first(BufferedReader log, String event) throws IOException {
    for (String line = log.readLine(); line != null; line = log.readLine()) {
      // The JVM's own warnings are no JSON.
      if (line.startsWith("{") && event.equals(new JsonObject(line).getString("event"))) {
        return new JsonObject(line);
      }
    }
    throw new AssertionError("the log ended without " + event);
  }
}
