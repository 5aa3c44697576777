package io.vestibule.gateway.typing.core;

import io.vestibule.gateway.limit.TimerWheel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Which clients of an event loop are typing where, and what of it the cluster has to hear: each beginning and each end at once, and what is renewed again now and then, never longer after the last
 * renewal than {@link #AGAIN_MS}. So who hears nothing of somebody for longer than {@link #HOLD_MS} knows that it is over. Not thread-safe: it belongs to one event loop.
 */
public final class Typists {
  /** How long a client is typing after it has said so. */
  public static final long HOLD_MS = 6_000;

  /** What is renewed is told again at most this often. */
  public static final long AGAIN_MS = 2_000;

  private static final int WHEEL_SLOTS = 64;

  private final Map<String, Map<String, Entry>> byConnection = new HashMap<>();
  private final TimerWheel<Entry> wheel;
  private final int most;
  private int size;

  /** A client is typing in a topic. */
  public record Typist(String topic, String userId, String connectionId) {}

  /** What is to be done about a client that says that it is typing. */
  public enum Said {
    /** The cluster is to hear of it. */
    TELL,
    /** It has heard, or will hear soon. */
    KNOWN,
    /** Too many are typing; nobody will hear of it. */
    FULL
  }

  private static final class Entry extends TimerWheel.Node {
    final Typist typist;
    long saidAtMs;
    long toldAtMs;

    Entry(Typist typist) {
      this.typist = typist;
    }

    /** What was renewed is told again before it can end. */
    long dueMs() {
      return saidAtMs > toldAtMs ? toldAtMs + AGAIN_MS : saidAtMs + HOLD_MS;
    }
  }

  /**
   * Nobody types yet.
   *
   * @param most how many may, each topic of a connection counted
   * @param tickMs how often {@link #advance} is called
   */
  public Typists(int most, long tickMs, long nowMs) {
    this.most = most;
    this.wheel = new TimerWheel<>(tickMs, WHEEL_SLOTS, nowMs);
  }

  /** A client says that it is typing. */
  public Said typing(Typist typist, long nowMs) {
    Map<String, Entry> topics = byConnection.get(typist.connectionId());
    Entry entry = topics == null ? null : topics.get(typist.topic());
    if (entry == null) {
      if (size >= most) {
        return Said.FULL;
      }
      entry = new Entry(typist);
      byConnection.computeIfAbsent(typist.connectionId(), first -> new HashMap<>(2)).put(typist.topic(), entry);
      size++;
    } else if (nowMs < entry.toldAtMs + AGAIN_MS) {
      entry.saidAtMs = nowMs;
      wheel.schedule(entry, entry.dueMs());
      return Said.KNOWN;
    }
    entry.saidAtMs = nowMs;
    entry.toldAtMs = nowMs;
    wheel.schedule(entry, entry.dueMs());
    return Said.TELL;
  }

  /** A client has stopped typing in a topic, or left it. Says who it was; null where it was not typing there. */
  public Typist stopped(String connectionId, String topic) {
    Map<String, Entry> topics = byConnection.get(connectionId);
    Entry entry = topics == null ? null : topics.get(topic);
    if (entry == null) {
      return null;
    }
    remove(entry);
    return entry.typist;
  }

  /** A client is gone. Says where it was typing. */
  public List<Typist> gone(String connectionId) {
    Map<String, Entry> topics = byConnection.get(connectionId);
    if (topics == null) {
      return List.of();
    }
    List<Entry> entries = new ArrayList<>(topics.values());
    entries.forEach(this::remove);
    return entries.stream().map(entry -> entry.typist).toList();
  }

  /**
   * Time has passed.
   *
   * @param again is told who goes on typing, for the cluster to hear
   * @param ended is told who has not said so for too long
   */
  public void advance(long nowMs, Consumer<Typist> again, Consumer<Typist> ended) {
    wheel.advance(nowMs, entry -> {
      if (nowMs >= entry.saidAtMs + HOLD_MS) {
        remove(entry);
        ended.accept(entry.typist);
      } else {
        entry.toldAtMs = nowMs;
        wheel.schedule(entry, entry.dueMs());
        again.accept(entry.typist);
      }
    });
  }

  private void remove(Entry entry) {
    wheel.cancel(entry);
    Map<String, Entry> topics = byConnection.get(entry.typist.connectionId());
    topics.remove(entry.typist.topic());
    if (topics.isEmpty()) {
      byConnection.remove(entry.typist.connectionId());
    }
    size--;
  }

  /** How many are typing, each topic of a connection counted. */
  public int size() {
    return size;
  }
}
