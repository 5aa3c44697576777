package io.vestibule.gateway.log.core;

import io.vestibule.gateway.log.core.ReadRequest.From;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Random calls to a shard, as gateways make them: writers whose appends repeat, clients that send a message again, clocks that differ a little. */
public final class LogCalls {
  private final Random random;
  private final Map<String, Long> numbers = new HashMap<>();
  private final List<Append> lately = new ArrayList<>();
  private long nowMs = 1_000_000;
  private long texts;

  public LogCalls(long seed) {
    random = new Random(seed);
  }

  public long nowMs() {
    return nowMs;
  }

  public String topic() {
    return "durable." + random.nextInt(5);
  }

  public int below(int bound) {
    return random.nextInt(bound);
  }

  public long epoch() {
    return Epoch.ofNew(random.nextLong());
  }

  public long renewedEpoch() {
    return Epoch.ofJoined(random.nextLong());
  }

  /** An append that is new, or, now and then, one of the last ones of its writer again. */
  public Append append() {
    nowMs += random.nextInt(40);
    if (!lately.isEmpty() && random.nextInt(6) == 0) {
      return lately.get(random.nextInt(lately.size()));
    }
    String topic = topic();
    long writer = 1 + random.nextInt(3);
    Append append = new Append(topic, writer, numbers.merge(topic + writer, 1L, Long::sum), nowMs - random.nextInt(20), epoch(), bounds(), drafts());
    lately.removeIf(other -> other.topic().equals(topic) && other.writer() == writer);
    lately.add(append);
    return append;
  }

  private LogBounds bounds() {
    return new LogBounds(1 + random.nextInt(12), 50 + random.nextInt(1_000), random.nextInt(3) == 0 ? 600 : 0);
  }

  private List<Append.Draft> drafts() {
    List<Append.Draft> drafts = new ArrayList<>();
    for (int left = 1 + random.nextInt(4); left > 0; left--) {
      String key = random.nextInt(3) == 0 ? "k" + random.nextInt(8) : null;
      drafts.add(new Append.Draft(key, ("text " + ++texts + "x".repeat(random.nextInt(60))).getBytes(StandardCharsets.UTF_8)));
    }
    return drafts;
  }

  /** Moves of cursors of one topic, often to where there is no log yet, or where somebody has been before. */
  public List<CursorMove> moves(long epoch) {
    String topic = topic();
    List<CursorMove> moves = new ArrayList<>();
    for (int left = 1 + random.nextInt(4); left > 0; left--) {
      moves.add(new CursorMove(topic, cursor(), random.nextInt(12) == 0 ? epoch + 1 : random.nextInt(12) == 0 ? 0 : epoch, random.nextInt(random.nextBoolean() ? 5 : 30)));
    }
    return moves;
  }

  private String cursor() {
    return (random.nextInt(4) == 0 ? Cursor.read("user") : random.nextInt(3) == 0 ? Cursor.device("u%/" + random.nextInt(2), "d/") : Cursor.DEVICE + "/d") + random.nextInt(20);
  }

  public CursorRead readOn() {
    return new CursorRead(topic(), cursor(), 1 + random.nextInt(10), random.nextInt(300), farOff());
  }

  /** Now, or days later, as cursors see it. */
  public long farOff() {
    return nowMs + Cursor.KEPT_MS * random.nextInt(5) / 3 - random.nextInt(30);
  }

  public ReadRequest read(long version) {
    From from = From.values()[random.nextInt(From.values().length)];
    long point = switch (from) {
      case AFTER_VERSION -> random.nextInt((int) version + 2);
      case SINCE_TIME -> nowMs - random.nextInt(400);
      default -> random.nextInt(60);
    };
    return new ReadRequest(topic(), from, point, 1 + random.nextInt(10), random.nextInt(300), nowMs);
  }
}
