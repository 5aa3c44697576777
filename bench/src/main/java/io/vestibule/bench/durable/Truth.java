package io.vestibule.bench.durable;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What is known of one durable topic: its epoch, how far it is acknowledged, and which message stands at each offset, as whoever heard of it first said. All publishers and subscribers have to agree.
 * Thread-safe.
 */
final class Truth {
  private static final int CHUNK = 256;

  private final String topic;
  private final byte[] name;
  private final AtomicReference<String> epoch = new AtomicReference<>();
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicInteger acks = new AtomicInteger();
  private final ConcurrentHashMap<Long, AtomicLongArray> chunks = new ConcurrentHashMap<>();

  Truth(String topic) {
    this.topic = topic;
    this.name = topic.getBytes(StandardCharsets.US_ASCII);
  }

  String topic() {
    return topic;
  }

  /** The topic as it stands in a frame, without quotes. */
  byte[] name() {
    return name;
  }

  /** Whether this is the topic's epoch; the first that is said is. */
  boolean agreesOnEpoch(String said) {
    return said != null && (epoch.compareAndSet(null, said) || epoch.get().equals(said));
  }

  /** The topic's epoch; null while nobody has heard of one. */
  String epoch() {
    return epoch.get();
  }

  /** Enters that a message was acknowledged with an offset; false when another one stands there. */
  boolean acknowledged(long offset, int publisher, int sequence) {
    acknowledged.accumulateAndGet(offset, Math::max);
    acks.incrementAndGet();
    return stands(offset, publisher, sequence);
  }

  /** Whether a message may stand at an offset: nobody said that another one does. */
  boolean stands(long offset, int publisher, int sequence) {
    long message = (publisher + 1L) << 32 | sequence & 0xFFFFFFFFL;
    AtomicLongArray chunk = chunks.computeIfAbsent(offset / CHUNK, n -> new AtomicLongArray(CHUNK));
    int at = (int) (offset % CHUNK);
    long before = chunk.get(at);
    return before == message || before == 0 && (chunk.compareAndSet(at, 0, message) || chunk.get(at) == message);
  }

  /** The highest offset that was acknowledged; 0 before the first. */
  long head() {
    return acknowledged.get();
  }

  /** Acknowledgements. */
  int acks() {
    return acks.get();
  }
}
