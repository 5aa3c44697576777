package io.vestibule.systemtests.check;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.List;

/** A device of a user: it gets what came to the user's own topic since what it acknowledged, drops what it has, and acknowledges now and then. */
final class Device extends Reader {
  private static final int ACKNOWLEDGED_OF = 8;

  private final Doors doors;
  private final String user;
  private final String topic;
  /** Of the log as it was told with the subscription. */
  private String epoch;

  /** A device that has not come yet. */
  Device(String user, String device, History history, Doors doors, long seed) {
    super(user + "/" + device, history, List.of(Topics.own(user)), seed);
    this.doors = doors;
    this.user = user;
    this.topic = Topics.own(user);
  }

  @Override
  Wire open() throws IOException {
    return Wires.open(doors, user, name, random);
  }

  @Override
  void comeBack(Wire in) {
    // It is subscribed by itself.
  }

  @Override
  void got(Wire from, JsonObject frame) throws IOException {
    switch (frame.getString("type")) {
      case "message" -> {
        Place place = Place.of(frame);
        Place known = places().get(topic);
        if (known.epoch() != null && !place.epoch().equals(known.epoch()) && place.epoch().equals(epoch)) {
          // What it has acknowledged is somewhere in a log that was put together: the server knows where, and goes on there.
          gap(topic, known, new Place(place.epoch(), place.offset() - 1));
        }
        if (isNews(place)) {
          message(frame);
        }
        if (random.nextInt(ACKNOWLEDGED_OF) == 0) {
          from.send(places().get(topic).toJson().put("type", "ack").put("topic", topic));
        }
      }
      case "gap" -> {
        Place to = Place.of(frame.getJsonObject("to"));
        if (isNews(to)) {
          Place known = places().get(topic);
          gap(topic, known.epoch() == null ? Place.of(frame.getJsonObject("from")) : known, to);
        }
      }
      case "subscribed" -> {
        if (wasSubscribed()) {
          returned(topic, frame.getBoolean("recovered", true));
        }
        epoch = frame.getString("epoch");
        subscribed();
      }
      case "error" -> throw new IOException(frame.encode());
      default -> {
        // It is about something else.
      }
    }
  }

  /** What it did not acknowledge comes again. */
  private boolean isNews(Place place) {
    Place known = places().get(topic);
    return !place.epoch().equals(known.epoch()) || place.offset() > known.offset();
  }
}
