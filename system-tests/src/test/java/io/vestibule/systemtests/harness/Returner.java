package io.vestibule.systemtests.harness;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Somebody who listens to durable topics, is cut off again and again, and comes back with its resume token and its places, on whatever node. Keeps what it heard, and everything that should not have happened.
 * Thread-safe.
 */
public final class Returner {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int SHOWN = 5;

  private final Nodes nodes;
  private final String user;
  private final List<String> topics;
  private final Map<String, JsonObject> places = new TreeMap<>();
  private final Map<String, List<String>> heard = new TreeMap<>();
  private final List<String> faults = new ArrayList<>();
  private Client client;
  private String resumeToken;
  private long messages;
  private int returns;
  private int refusals;

  /** Somebody who wants to hear of these topics, and is not there yet. */
  public Returner(Nodes nodes, String user, List<String> topics) {
    this.nodes = nodes;
    this.user = user;
    this.topics = topics;
  }

  /** Comes in and subscribes. */
  public void come(VestibuleProcess node) throws InterruptedException {
    Client opened = open(node);
    opened.request(new JsonObject().put("type", "auth").put("token", nodes.token(user)), "auth_success");
    for (String topic : topics) {
      opened.subscribe(topic);
    }
  }

  private Client open(VestibuleProcess node) {
    Client[] opened = new Client[1];
    synchronized (this) {
      opened[0] = nodes.open(node, user, frame -> came(opened, frame.json()));
      client = opened[0];
    }
    return opened[0];
  }

  /** What comes of a socket that was given up is not heard. */
  private synchronized void came(Client[] from, JsonObject frame) {
    if (from[0] != client) {
      return;
    }
    resumeToken = frame.getString("resumeToken", resumeToken);
    String topic = frame.getString("topic", "");
    if (topics.contains(topic)) {
      switch (frame.getString("type")) {
        case "message" -> message(topic, frame);
        case "subscribed" -> subscribed(topic, frame);
        default -> faults.add(frame.encode());
      }
    }
    if (frame.getValue("recovered") instanceof JsonObject recovered && topics.stream().anyMatch(missed -> Boolean.FALSE.equals(recovered.getBoolean(missed)))) {
      faults.add(frame.encode());
    }
  }

  /** Who comes back is at his own place; where the log ends is said to him, and what he has missed follows. */
  private void subscribed(String topic, JsonObject frame) {
    places.putIfAbsent(topic, place(frame));
    if (Boolean.FALSE.equals(frame.getBoolean("recovered"))) {
      faults.add(frame.encode());
    }
  }

  private void message(String topic, JsonObject frame) {
    JsonObject next = place(frame);
    JsonObject last = places.get(topic);
    boolean first = last.getLong("offset") == 0;
    if (next.getLong("offset") != last.getLong("offset") + 1 || !first && !next.getString("epoch").equals(last.getString("epoch"))) {
      faults.add("after " + last.encode() + " " + frame.encode());
    }
    places.put(topic, next);
    heard.computeIfAbsent(topic, none -> new ArrayList<>()).add(frame.getJsonObject("data").getString("text"));
    messages++;
  }

  private static JsonObject place(JsonObject frame) {
    return new JsonObject().put("epoch", frame.getString("epoch")).put("offset", frame.getLong("offset"));
  }

  /** Loses its socket, if it has one, and goes on with its session. */
  public void comeBack(List<VestibuleProcess> living) {
    Eventually.within(LIMIT, () -> user + " is back: " + this, () -> {
      JsonObject offsets = new JsonObject();
      synchronized (this) {
        if (client != null) {
          client.close();
        }
        client = null;
        places.forEach(offsets::put);
      }
      Client opened = open(living.get((int) (Math.random() * living.size())));
      boolean back = resumed(opened, offsets);
      synchronized (this) {
        returns += back ? 1 : 0;
        refusals += back ? 0 : 1;
      }
      return back;
    });
  }

  private boolean resumed(Client opened, JsonObject offsets) throws InterruptedException {
    try {
      JsonObject attempt = new JsonObject().put("type", "reconnect_attempt").put("token", resumeToken).put("offsets", offsets);
      JsonObject answer = opened.request(attempt).json();
      if (!answer.getString("type").equals("reconnect_success")) {
        return false;
      }
      for (String topic : topics) {
        // A session is saved within 100 ms: who is cut off sooner subscribes again.
        if (!answer.getJsonArray("restored").contains(topic)) {
          opened.request(new JsonObject().put("type", "subscribe").put("topic", topic).put("recover", offsets.getJsonObject(topic)), "subscribed");
        }
      }
      return true;
    } catch (AssertionError ended) {
      if (opened.hasEnded()) {
        // Its node was killed.
        return false;
      }
      throw ended;
    }
  }

  /** How many messages it has heard. */
  public synchronized long messages() {
    return messages;
  }

  /** How often it came back. */
  public synchronized int returns() {
    return returns;
  }

  /** Whether its socket has ended by itself. */
  public synchronized boolean isCutOff() {
    return client == null || client.hasEnded();
  }

  /** The texts of a topic's messages as they came. */
  public synchronized List<String> heard(String topic) {
    return List.copyOf(heard.getOrDefault(topic, List.of()));
  }

  /** What should not have happened. */
  public synchronized List<String> faults() {
    return List.copyOf(faults);
  }

  @Override
  public synchronized String toString() {
    return user + " at " + places + " after " + returns + " returns and " + refusals + " refusals, " + faults.subList(0, Math.min(SHOWN, faults.size()));
  }
}
