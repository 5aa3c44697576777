package io.vestibule.systemtests.check;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.List;

/** Somebody who is subscribed to topics, by their names or by a pattern, and has what he missed recovered. */
final class Subscriber extends Reader {
  private final Doors doors;
  private final List<String> subscriptions;
  private final boolean byName;
  private String lastTimestamp;

  /**
   * Somebody who has not begun.
   *
   * @param subscriptions topics or patterns, which match {@code topics}
   */
  Subscriber(String name, History history, Doors doors, List<String> subscriptions, List<String> topics, long seed) {
    super(name, history, topics, seed);
    this.doors = doors;
    this.subscriptions = subscriptions;
    this.byName = topics.containsAll(subscriptions);
  }

  @Override
  Wire open() throws IOException {
    return Wires.open(doors, name, null, random);
  }

  @Override
  void comeBack(Wire in) throws IOException {
    for (String subscription : subscriptions) {
      JsonObject frame = new JsonObject().put("type", "subscribe").put("id", subscription).put("topic", subscription);
      Place place = places().getOrDefault(subscription, Place.NONE);
      if (!byName && wasSubscribed()) {
        frame.put("recover", everywhere());
      } else if (place.epoch() != null) {
        frame.put("recover", place.toJson());
      }
      in.send(frame);
    }
  }

  private JsonObject everywhere() {
    JsonObject known = new JsonObject();
    places().forEach((topic, place) -> {
      if (place.epoch() != null) {
        known.put(topic, place.toJson());
      }
    });
    return new JsonObject().put("at", lastTimestamp).put("topics", known);
  }

  @Override
  void got(Wire from, JsonObject frame) throws IOException {
    String topic = frame.getString("topic");
    switch (frame.getString("type")) {
      case "message" -> message(frame);
      case "gap" -> told(topic, Place.of(frame.getJsonObject("from")), Place.of(frame.getJsonObject("to")));
      case "subscribed" -> subscribed(topic, frame);
      case "error" -> throw new IOException(frame.encode());
      default -> {
        // It is about something else.
      }
    }
    lastTimestamp = frame.getString("timestamp");
  }

  /** For a pattern, a server that does not know how far he is tells a gap from the beginning of an epoch on. */
  private void told(String topic, Place from, Place to) {
    Place known = places().get(topic);
    if (known == null) {
      // It is the user's own.
      return;
    }
    if (byName || from.offset() > 0 || !from.epoch().equals(to.epoch()) || !to.epoch().equals(known.epoch())) {
      gap(topic, from, to);
    } else if (to.offset() > known.offset()) {
      gap(topic, known, to);
    }
  }

  private void subscribed(String subscription, JsonObject frame) {
    Object recovered = frame.getValue("recovered");
    if (recovered instanceof JsonObject all) {
      all.forEach(topic -> returned(topic.getKey(), (Boolean) topic.getValue()));
    } else if (recovered != null) {
      returned(subscription, (Boolean) recovered);
    } else if (byName && places().containsKey(subscription)) {
      at(subscription, Place.of(frame));
    }
    if (subscription.equals(subscriptions.get(subscriptions.size() - 1))) {
      subscribed();
    }
  }
}
