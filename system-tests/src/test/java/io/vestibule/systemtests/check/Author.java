package io.vestibule.systemtests.check;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Somebody who publishes: a few messages at once to a topic, again and again until they are acknowledged, then the next. Now and then he sends one again that was acknowledged, as if the answer had been lost.
 * A thread of its own.
 */
abstract class Author implements Runnable, AutoCloseable {
  private static final int AGAIN_EVERY = 25;
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  final String name;
  final Doors doors;
  final SplittableRandom random;
  private final History history;
  private final List<String> topics;
  private final int atOnce;
  private final long pauseNanos;
  private final Map<String, Integer> refusals = Collections.synchronizedMap(new TreeMap<>());
  private volatile boolean ending;
  private volatile boolean ended;
  private long batches;
  private long messages;

  /**
   * Somebody who has not begun.
   *
   * @param topics that he publishes to
   * @param atOnce so many messages at most before he waits for answers
   * @param pauseNanos at most, from one time to the next
   */
  Author(String name, History history, Doors doors, List<String> topics, int atOnce, long pauseNanos, long seed) {
    this.name = name;
    this.history = history;
    this.doors = doors;
    this.topics = topics;
    this.atOnce = atOnce;
    this.pauseNanos = pauseNanos;
    this.random = new SplittableRandom(seed);
  }

  /** Sends all of these in this order and notes what is said of each with {@link #acknowledged} and {@link #refused}, or nothing where nobody answers. */
  abstract void send(String topic, List<Sent> messages);

  final void acknowledged(Sent message, Place place, boolean duplicate) {
    history.acknowledged(message, place, duplicate);
  }

  final void refused(Sent message, String reason) {
    message.refused();
    refusals.merge(reason, 1, Integer::sum);
  }

  /** How often which reason was given. */
  Map<String, Integer> refusals() {
    return Map.copyOf(refusals);
  }

  @Override
  public final void run() {
    while (!ending) {
      batch();
      LockSupport.parkNanos(random.nextLong(1, pauseNanos));
    }
  }

  private void batch() {
    String topic = topics.get(random.nextInt(topics.size()));
    batches++;
    List<Sent> left = new ArrayList<>();
    for (int i = random.nextInt(1, atOnce + 1); i > 0; i--) {
      messages++;
      left.add(history.sends(name, topic, name + "/" + messages, batches));
    }
    Sent first = left.get(0);
    while (!left.isEmpty() && !ended) {
      send(topic, left);
      left.removeIf(Sent::isAcknowledged);
      if (!Topics.isLong(topic)) {
        return;
      }
      if (!left.isEmpty()) {
        LockSupport.parkNanos(random.nextLong(PAUSE_NANOS / 4, PAUSE_NANOS));
      }
    }
    if (random.nextInt(AGAIN_EVERY) == 0) {
      send(topic, List.of(first));
    }
  }

  /** Lets him go on until what he has begun is acknowledged. */
  final void end() {
    ending = true;
  }

  /** Lets him give up. */
  @Override
  public void close() {
    ending = true;
    ended = true;
  }
}
