package io.vestibule.bench.durable;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much a node may hold while durable messages are published.
 *
 * @param store {@code store.memory}, of the whole cluster
 * @param nodes of the cluster, each of which has its share of the logs and of their backups
 * @param before anything was published
 */
public record MemoryBounds(long store, int nodes, MemorySample before) {
  /** What waits to be stored and the recent messages of those who came back have 32 MiB each; the buffers of the sockets are beside the heap, and may be as large. */
  private static final long BESIDE = 64L << 20;
  /** The bytes of a log are counted "about": references, and what the grid adds. */
  private static final double COUNTED_ABOUT = 1.25;
  private static final Pattern SIZE = Pattern.compile("(\\d{1,6})(KiB|MiB|GiB)");

  /**
   * Reads {@code 64MiB}.
   *
   * @throws IllegalArgumentException with a text for people
   */
  public static long bytes(String size) {
    Matcher form = SIZE.matcher(size);
    if (!form.matches()) {
      throw new IllegalArgumentException("'" + size + "' is no size like 64MiB");
    }
    return Long.parseLong(form.group(1)) << switch (form.group(2)) {
      case "KiB" -> 10;
      case "MiB" -> 20;
      default -> 30;
    };
  }

  /** Live bytes of a node, at most. */
  public long heap() {
    return before.heap() + (long) (store * COUNTED_ABOUT * Math.min(1, 2.0 / nodes)) + BESIDE;
  }

  /** Direct memory of a node, at most. */
  public long direct() {
    return before.direct() + BESIDE;
  }

  /** What is beyond them, in words; nothing where all is well. */
  public List<String> exceeded(MemorySample sample) {
    List<String> all = new ArrayList<>();
    if (sample.heap() > heap()) {
      all.add(String.format(Locale.ROOT, "live bytes %,d above %,d", sample.heap(), heap()));
    }
    if (sample.direct() > direct()) {
      all.add(String.format(Locale.ROOT, "direct memory %,d above %,d", sample.direct(), direct()));
    }
    if (!(sample.logs() <= store)) {
      all.add(String.format(Locale.ROOT, "logs %,.0f above store.memory %,d", sample.logs(), store));
    }
    return all;
  }
}
