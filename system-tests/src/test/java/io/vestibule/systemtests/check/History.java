package io.vestibule.systemtests.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Everything that publishers and subscribers saw. Each of them writes what is its own from one thread; everything is read when all have ended. Every subscriber is owed everything that was ever published to
 * the topics it has, so it must have been subscribed to them before the first message.
 */
final class History {
  private final Map<String, Map<String, Sent>> sent = new ConcurrentHashMap<>();
  private final Map<String, Map<String, List<Heard>>> heard = new ConcurrentHashMap<>();
  private final Map<String, String> epochs = new ConcurrentHashMap<>();
  private final AtomicLong acknowledged = new AtomicLong();

  /** A new message of a publisher to a topic; see {@link Sent}. */
  Sent sends(String publisher, String topic, String id, long batch) {
    Sent message = new Sent(id, publisher, batch);
    if (sent.computeIfAbsent(topic, name -> new ConcurrentHashMap<>()).put(id, message) != null) {
      throw new IllegalArgumentException(id + " was sent before");
    }
    return message;
  }

  /** It is stored, says the server. */
  void acknowledged(Sent message, Place place, boolean duplicate) {
    if (!message.isAcknowledged()) {
      acknowledged.incrementAndGet();
    }
    message.acknowledged(once(place), duplicate);
  }

  /** How many messages were acknowledged so far. */
  long acknowledged() {
    return acknowledged.get();
  }

  /** A subscriber that has a topic from its beginning. */
  void listens(String subscriber, String topic) {
    heard.computeIfAbsent(subscriber, name -> new ConcurrentHashMap<>()).put(topic, new ArrayList<>());
  }

  /** It got this; a topic that it has not is a fault of the server's, and shows as one. */
  void hears(String subscriber, String topic, Heard what) {
    Heard kept = what instanceof Heard.Message message ? new Heard.Message(once(message.place()), message.id()) : what;
    heard.get(subscriber).computeIfAbsent(topic, name -> new ArrayList<>()).add(kept);
  }

  /** There are few epochs and very many places. */
  private Place once(Place place) {
    return place.epoch() == null ? place : new Place(epochs.computeIfAbsent(place.epoch(), epoch -> epoch), place.offset());
  }

  /** What was published to a topic, by id. */
  Map<String, Sent> sent(String topic) {
    return sent.getOrDefault(topic, Map.of());
  }

  /** What each subscriber of a topic heard of it. */
  Map<String, List<Heard>> heard(String topic) {
    Map<String, List<Heard>> all = new TreeMap<>();
    heard.forEach((subscriber, topics) -> {
      if (topics.containsKey(topic)) {
        all.put(subscriber, topics.get(topic));
      }
    });
    return all;
  }

  Set<String> topics() {
    Set<String> all = new TreeSet<>(sent.keySet());
    heard.values().forEach(topics -> all.addAll(topics.keySet()));
    return all;
  }
}
