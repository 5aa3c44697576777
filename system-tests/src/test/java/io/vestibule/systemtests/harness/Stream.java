package io.vestibule.systemtests.harness;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

/** Numbered messages of one publisher on one topic, at a steady pace, until closed; and what became of them at a subscriber. */
public final class Stream implements AutoCloseable {
  private static final Duration ARRIVAL_LIMIT = Duration.ofSeconds(60);
  private static final Duration PACE = Duration.ofMillis(20);

  private final Client publisher;
  private final String topic;
  private final String name;
  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private volatile long sent;
  private volatile long longestPauseNanos;
  private long lastSentNanos = System.nanoTime();

  private Stream(Client publisher, String topic) {
    this.publisher = publisher;
    this.topic = topic;
    this.name = publisher.name() + " to " + topic;
  }

  /** Starts to publish, 50 messages a second. */
  public static Stream start(Client publisher, String topic) {
    Stream stream = new Stream(publisher, topic);
    stream.clock.scheduleAtFixedRate(stream::sendNext, 0, PACE.toMillis(), TimeUnit.MILLISECONDS);
    return stream;
  }

  /** A burst instead: so many messages one after the other, without a pause. */
  public static Stream burst(Client publisher, String topic, int count) {
    Stream stream = new Stream(publisher, topic);
    for (int i = 0; i < count; i++) {
      stream.sendNext();
    }
    stream.stop();
    return stream;
  }

  private void sendNext() {
    long number = sent + 1;
    long now = System.nanoTime();
    longestPauseNanos = Math.max(longestPauseNanos, now - lastSentNanos);
    lastSentNanos = now;
    publisher.publish(topic, new JsonObject().put("stream", name).put("n", number));
    sent = number;
  }

  /** The number of the last message that was sent. */
  public long sent() {
    return sent;
  }

  /** What the subscriber got of this stream, in the order it came. */
  public List<Frame> at(Client subscriber) {
    return subscriber.frames().stream().filter(frame -> frame.isOf(name)).toList();
  }

  /** Waits until the subscriber has a message that is sent from now on. */
  public Frame awaitNew(Client subscriber, Duration limit) throws InterruptedException {
    long next = sent + 1;
    return subscriber.await("a message of " + name + " from number " + next + " on", frame -> frame.isOf(name) && number(frame) >= next, limit);
  }

  /** Waits until the subscriber has the last message, then checks that it has each of them from {@code first} to it, once and in order. */
  public void assertCompleteAt(Client subscriber, long first) throws InterruptedException {
    long last = sent;
    subscriber.await("message " + last + " of " + name, frame -> frame.isOf(name) && number(frame) == last, ARRIVAL_LIMIT);
    assertThat(at(subscriber).stream().map(Stream::number).filter(number -> number >= first && number <= last))
        .as("numbers of %s at %s", name, subscriber.name())
        .containsExactlyElementsOf(LongStream.rangeClosed(first, last).boxed().toList());
  }

  /** The longest time that a subscriber got no message of this stream, since {@code fromNanos} and until now. */
  public Duration longestSilence(Client subscriber, long fromNanos) {
    long longest = 0;
    long before = fromNanos;
    for (Frame frame : at(subscriber)) {
      if (frame.atNanos() > fromNanos) {
        longest = Math.max(longest, frame.atNanos() - before);
        before = frame.atNanos();
      }
    }
    return Duration.ofNanos(Math.max(longest, System.nanoTime() - before));
  }

  /** The longest time that this side sent nothing: what the machine alone is to blame for. */
  public Duration longestPause() {
    return Duration.ofNanos(longestPauseNanos);
  }

  @Override
  public String toString() {
    return name;
  }

  /** The number of a message of a stream. */
  public static long number(Frame frame) {
    return frame.data().getLong("n");
  }

  /** Sends no more; what became of the messages can still be asked. */
  public void stop() {
    clock.shutdownNow();
    try {
      clock.awaitTermination(ARRIVAL_LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    stop();
  }
}
