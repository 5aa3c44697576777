package io.vestibule.systemtests.harness;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Somebody who watches who is in a topic, and knows nothing but what the frames said: {@code docs/protocol.md}, Presence. */
public final class Watcher {
  private final Client client;
  private final String topic;
  private final Set<String> everLeft = new TreeSet<>();
  private Map<String, JsonObject> members = new TreeMap<>();
  private int seen;
  private int count;
  private boolean sampled;
  private long rev = -1;

  private Watcher(Client client, String topic) {
    this.client = client;
    this.topic = topic;
  }

  /** Begins to watch. */
  public static Watcher of(Client client, String topic) throws InterruptedException {
    client.request(new JsonObject().put("type", "subscribe").put("topic", topic).put("presence", true), "subscribed");
    return new Watcher(client, topic);
  }

  /** The socket it watches on. */
  public Client client() {
    return client;
  }

  /** How many connections each user in the topic has, as of the frames that have come. */
  public Map<String, Integer> connections() {
    read();
    var connections = new TreeMap<String, Integer>();
    members.forEach((user, member) -> connections.put(user, member.getInteger("connections")));
    return connections;
  }

  /** With how many connections and how each user in the topic is, as of the frames that have come; of a topic that is sampled only some, as they were. */
  public Map<String, Object> seen() {
    read();
    var seen = new TreeMap<String, Object>();
    members.forEach((user, member) -> seen.put(user, look(member)));
    return seen;
  }

  /** A member as {@link #seen} says it. */
  static String look(JsonObject member) {
    return member.getInteger("connections") + " " + member.getString("status");
  }

  /** Whether it knows just these, as {@link #seen} says it; of a topic that is sampled how many they are. */
  boolean knows(Map<String, String> truth) {
    read();
    return sampled ? count == truth.size() : seen().equals(truth);
  }

  /** What it watches. */
  public String topic() {
    return topic;
  }

  /** Who was said to have left, at any time. */
  public Set<String> everLeft() {
    read();
    return everLeft;
  }

  @Override
  public String toString() {
    return client.name() + " at rev " + rev + " of " + topic;
  }

  private void read() {
    var frames = client.frames();
    for (; seen < frames.size(); seen++) {
      JsonObject frame = frames.get(seen).json();
      if (topic.equals(frame.getString("topic")) && "presence_state".equals(frame.getString("type"))) {
        Map<String, JsonObject> before = members;
        members = new TreeMap<>();
        put(frame.getJsonArray("members"));
        boolean isSampled = Boolean.TRUE.equals(frame.getBoolean("sampled"));
        if (!sampled && !isSampled) {
          before.keySet().stream().filter(user -> !members.containsKey(user)).forEach(everLeft::add);
        }
        sampled = isSampled;
        counted(frame);
        rev = frame.getLong("rev");
      } else if (topic.equals(frame.getString("topic")) && "presence_diff".equals(frame.getString("type"))) {
        apply(frame);
      }
    }
  }

  private void apply(JsonObject diff) {
    if (diff.getLong("rev") != rev + 1) {
      throw new AssertionError(this + " was told " + diff.encode());
    }
    rev = diff.getLong("rev");
    if (sampled) {
      counted(diff);
      return;
    }
    put(diff.getJsonArray("joins"));
    put(diff.getJsonArray("updates"));
    for (Object left : diff.getJsonArray("leaves")) {
      String user = ((JsonObject) left).getString("userId");
      if (members.remove(user) == null) {
        throw new AssertionError(this + " was told that " + user + " left, who was not there");
      }
      everLeft.add(user);
    }
    counted(diff);
  }

  private void counted(JsonObject told) {
    count = told.getInteger("count");
    if (sampled ? count <= members.size() : count != members.size()) {
      throw new AssertionError(this + " knows " + members.keySet() + " and was told " + told.encode());
    }
  }

  private void put(JsonArray some) {
    for (Object member : some) {
      members.put(((JsonObject) member).getString("userId"), (JsonObject) member);
    }
  }
}
