package io.vestibule.systemtests.check;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Publishes by frames with a {@code messageId}, on one socket after the other. */
final class FrameAuthor extends Author {
  private static final Duration ANSWER = Duration.ofSeconds(12);

  private volatile Wire wire;
  private long lastId;

  FrameAuthor(String name, History history, Doors doors, int atOnce, long pauseNanos, long seed) {
    super(name, history, doors, Topics.ALL, atOnce, pauseNanos, seed);
  }

  @Override
  void send(String topic, List<Sent> messages) {
    try {
      if (wire == null) {
        wire = Wires.open(doors, name, null, random);
      }
      exchange(topic, messages);
    } catch (IOException cut) {
      leave();
    }
  }

  private void exchange(String topic, List<Sent> messages) throws IOException {
    Map<Long, Sent> open = new HashMap<>();
    for (Sent message : messages) {
      lastId++;
      message.attempted();
      open.put(lastId, message);
      wire.send(new JsonObject().put("type", "message").put("id", lastId).put("topic", topic).put("messageId", message.id()).put("data", new JsonObject().put("id", message.id())));
    }
    boolean wasRefused = false;
    long deadline = System.nanoTime() + ANSWER.toNanos();
    while (!open.isEmpty()) {
      JsonObject frame = wire.read(Duration.ofNanos(deadline - System.nanoTime()));
      if (frame == null) {
        throw new IOException("no answer");
      }
      Sent message = frame.getValue("id") instanceof Number id ? open.remove(id.longValue()) : null;
      if (message != null && "ack".equals(frame.getString("type"))) {
        acknowledged(message, Place.of(frame), frame.getBoolean("duplicate", false));
      } else if (message != null) {
        wasRefused = true;
        refused(message, frame.getString("reason"));
      }
    }
    if (wasRefused && random.nextInt(4) == 0) {
      leave();
    }
  }

  /** Goes elsewhere for the next message. */
  private void leave() {
    cut();
    wire = null;
  }

  /** Cuts his connection. Any thread. */
  void cut() {
    Wire last = wire;
    if (last != null) {
      last.cut();
    }
  }

  @Override
  public void close() {
    super.close();
    cut();
  }
}
