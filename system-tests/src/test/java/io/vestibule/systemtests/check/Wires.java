package io.vestibule.systemtests.check;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** How a client comes in. */
final class Wires {
  private static final Duration ANSWER = Duration.ofSeconds(12);

  private Wires() {}

  /**
   * A socket to any node, on which this user is in.
   *
   * @param device null for the usual one
   * @throws IOException if it cannot be had now
   */
  static Wire open(Doors doors, String user, String device, RandomGenerator random) throws IOException {
    Wire wire = Wire.open(URI.create(doors.any(random).replace("http://", "ws://") + "/ws"));
    try {
      request(wire, new JsonObject().put("type", "auth").put("token", doors.token(user)).put("device", device), "auth_success");
      return wire;
    } catch (IOException refused) {
      wire.cut();
      throw refused;
    }
  }

  /** Asks when nothing else is on its way, and waits for the answer. */
  private static void request(Wire wire, JsonObject frame, String replyType) throws IOException {
    wire.send(frame.put("id", "in"));
    for (JsonObject reply = wire.read(ANSWER); ; reply = wire.read(ANSWER)) {
      if (reply == null) {
        throw new IOException("no answer");
      }
      if ("in".equals(reply.getValue("id"))) {
        if (!replyType.equals(reply.getString("type"))) {
          throw new IOException(reply.encode());
        }
        return;
      }
    }
  }
}
