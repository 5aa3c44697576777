package io.vestibule.systemtests.check;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Somebody who gets what comes of topics, and comes back whenever his socket has ended, on any node. A thread of its own. */
abstract class Reader implements Runnable, AutoCloseable {
  private static final Duration TICK = Duration.ofMillis(500);
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  final String name;
  final SplittableRandom random;
  private final History history;
  private final Map<String, Place> places = new ConcurrentHashMap<>();
  private final CountDownLatch subscribed = new CountDownLatch(1);
  private volatile Wire wire;
  private volatile boolean ended;

  /** Somebody who has not begun, and is to get all of these topics. */
  Reader(String name, History history, List<String> topics, long seed) {
    this.name = name;
    this.history = history;
    this.random = new SplittableRandom(seed);
    topics.forEach(topic -> {
      history.listens(name, topic);
      places.put(topic, Place.NONE);
    });
  }

  /** Comes in. */
  abstract Wire open() throws IOException;

  /** Says what he wants, on a new socket. */
  abstract void comeBack(Wire in) throws IOException;

  /** A frame has come. */
  abstract void got(Wire from, JsonObject frame) throws IOException;

  final String name() {
    return name;
  }

  /** Waits until he is subscribed for the first time. */
  final boolean awaitSubscribed(Duration limit) throws InterruptedException {
    return subscribed.await(limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  final boolean wasSubscribed() {
    return subscribed.getCount() == 0;
  }

  final void subscribed() {
    subscribed.countDown();
  }

  /** How far he is in each topic. */
  final Map<String, Place> places() {
    return places;
  }

  final void at(String topic, Place place) {
    places.put(topic, place);
  }

  final void message(JsonObject frame) {
    Place place = Place.of(frame);
    places.put(frame.getString("topic"), place);
    history.hears(name, frame.getString("topic"), new Heard.Message(place, frame.getJsonObject("data").getString("id")));
  }

  final void gap(String topic, Place from, Place to) {
    places.put(topic, to);
    history.hears(name, topic, new Heard.Gap(from, to));
  }

  final void returned(String topic, boolean recovered) {
    history.hears(name, topic, new Heard.Return(recovered));
  }

  @Override
  public final void run() {
    while (!ended) {
      try {
        Wire now = open();
        wire = now;
        comeBack(now);
        while (!ended) {
          JsonObject frame = now.read(TICK);
          if (frame != null) {
            got(now, frame);
          }
        }
      } catch (IOException cut) {
        cut();
        LockSupport.parkNanos(random.nextLong(PAUSE_NANOS / 10, PAUSE_NANOS));
      }
    }
  }

  /** Any thread. */
  final void cut() {
    Wire last = wire;
    if (last != null) {
      last.cut();
    }
  }

  @Override
  public final void close() {
    ended = true;
    cut();
  }
}
