package io.vestibule.systemtests.check;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Somebody who is subscribed to topics, by their names or by a pattern, and comes back to them whenever his socket has ended, on any node. Topics that he names he has recovered; what a pattern has missed he reads in their
 * history. A thread of its own.
 */
final class Subscriber implements Runnable, AutoCloseable {
  private static final Duration TICK = Duration.ofMillis(500);
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final String name;
  private final History history;
  private final Doors doors;
  private final List<String> subscriptions;
  private final boolean byName;
  private final SplittableRandom random;
  private final Map<String, Place> places = new ConcurrentHashMap<>();
  /** Topics that are being come back to, with the live messages that have come meanwhile. */
  private final Map<String, List<JsonObject>> returning = new HashMap<>();
  private final CountDownLatch subscribed = new CountDownLatch(1);
  private volatile Wire wire;
  private volatile boolean ended;

  /**
   * Somebody who has not begun.
   *
   * @param subscriptions topics or patterns, which match {@code topics}
   */
  Subscriber(String name, History history, Doors doors, List<String> subscriptions, List<String> topics, long seed) {
    this.name = name;
    this.history = history;
    this.doors = doors;
    this.subscriptions = subscriptions;
    this.byName = topics.containsAll(subscriptions);
    this.random = new SplittableRandom(seed);
    topics.forEach(topic -> {
      history.listens(name, topic);
      places.put(topic, Place.NONE);
    });
  }

  String name() {
    return name;
  }

  /** Waits until he is subscribed for the first time. */
  boolean awaitSubscribed(Duration limit) throws InterruptedException {
    return subscribed.await(limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** How far he is in each topic. */
  Map<String, Place> places() {
    return places;
  }

  @Override
  public void run() {
    while (!ended) {
      try {
        wire = Wires.open(doors, name, random);
        comeBack();
        while (!ended) {
          JsonObject frame = wire.read(TICK);
          if (frame != null) {
            got(frame);
          }
        }
      } catch (IOException cut) {
        cut();
        LockSupport.parkNanos(random.nextLong(PAUSE_NANOS / 10, PAUSE_NANOS));
      }
    }
  }

  private void comeBack() throws IOException {
    returning.clear();
    if (subscribed.getCount() == 0 && !byName) {
      places.keySet().forEach(topic -> returning.put(topic, new ArrayList<>()));
    }
    for (String subscription : subscriptions) {
      JsonObject frame = new JsonObject().put("type", "subscribe").put("id", subscription).put("topic", subscription);
      Place place = places.getOrDefault(subscription, Place.NONE);
      wire.send(place.epoch() == null ? frame : frame.put("recover", place.toJson()));
    }
  }

  private void got(JsonObject frame) throws IOException {
    String topic = frame.getString("topic");
    switch (frame.getString("type")) {
      case "message" -> {
        if (byName) {
          message(frame);
        } else if (returning.containsKey(topic)) {
          returning.get(topic).add(frame);
        } else {
          unlessKnown(frame);
        }
      }
      case "gap" -> told(topic, Place.of(frame.getJsonObject("from")), Place.of(frame.getJsonObject("to")));
      case "subscribed" -> {
        if (byName && places.containsKey(topic)) {
          back(topic, frame);
        }
        subscribed(topic);
      }
      case "history" -> missed(topic, frame);
      case "error" -> throw new IOException(frame.encode());
      default -> {
        // It is about something else.
      }
    }
  }

  private void message(JsonObject frame) {
    Place place = Place.of(frame);
    places.put(frame.getString("topic"), place);
    history.hears(name, frame.getString("topic"), new Heard.Message(place, frame.getJsonObject("data").getString("id")));
  }

  /** For a pattern, a server that does not know how far he is tells a gap from the beginning of an epoch on. */
  private void told(String topic, Place from, Place to) {
    Place known = places.get(topic);
    if (byName || from.offset() > 0 || !from.epoch().equals(to.epoch()) || !to.epoch().equals(known.epoch())) {
      gap(topic, from, to);
    } else if (to.offset() > known.offset()) {
      gap(topic, known, to);
    }
  }

  private void gap(String topic, Place from, Place to) {
    places.put(topic, to);
    history.hears(name, topic, new Heard.Gap(from, to));
  }

  private void back(String topic, JsonObject frame) {
    Boolean recovered = frame.getBoolean("recovered");
    if (recovered == null) {
      places.put(topic, Place.of(frame));
    } else {
      history.hears(name, topic, new Heard.Return(recovered));
    }
  }

  private void subscribed(String subscription) throws IOException {
    if (subscription.equals(subscriptions.get(subscriptions.size() - 1))) {
      subscribed.countDown();
      for (String topic : returning.keySet()) {
        ask(topic);
      }
    }
  }

  private void ask(String topic) throws IOException {
    JsonObject ask = new JsonObject().put("type", "history").put("id", "history").put("topic", topic).put("limit", 500);
    Place place = places.get(topic);
    wire.send(place.epoch() == null ? ask : ask.put("since", place.toJson()));
  }

  private void missed(String topic, JsonObject page) throws IOException {
    JsonArray messages = page.getJsonArray("messages");
    Place known = places.get(topic);
    if (known.epoch() != null && !known.epoch().equals(page.getString("epoch")) && !messages.isEmpty()) {
      gap(topic, known, Place.of(messages.getJsonObject(messages.size() - 1)));
    } else {
      messages.forEach(message -> unlessKnown((JsonObject) message));
    }
    if (page.getBoolean("hasMore")) {
      ask(topic);
      return;
    }
    history.hears(name, topic, new Heard.Return(true));
    returning.remove(topic).forEach(this::unlessKnown);
  }

  private void unlessKnown(JsonObject frame) {
    Place place = Place.of(frame);
    Place known = places.get(frame.getString("topic"));
    if (place.epoch().equals(known.epoch()) && place.offset() > known.offset() + 1) {
      gap(frame.getString("topic"), known, new Place(place.epoch(), place.offset() - 1));
    }
    if (!place.epoch().equals(known.epoch()) || place.offset() > known.offset()) {
      message(frame);
    }
  }

  /** Any thread. */
  void cut() {
    Wire last = wire;
    if (last != null) {
      last.cut();
    }
  }

  @Override
  public void close() {
    ended = true;
    cut();
  }
}
