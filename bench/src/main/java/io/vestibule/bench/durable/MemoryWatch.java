package io.vestibule.bench.durable;

import io.vestibule.bench.client.Figures;
import io.vestibule.bench.compare.MemoryProbe;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Locale;

/** Looks from time to time how much nodes hold, and whether that is within their bounds. It has them collect their garbage, which stops them for a moment. One thread. */
public final class MemoryWatch implements AutoCloseable {
  private final List<Long> pids;
  private final List<URI> nodes;
  private final MemoryProbe probe;
  private final MemoryBounds bounds;
  private int looks;
  private int faults;
  private MemorySample last;

  /** Begins: what the nodes hold now is what they hold without messages. */
  public MemoryWatch(List<Long> pids, List<URI> nodes, long store) throws IOException, InterruptedException {
    this.pids = pids;
    this.nodes = nodes;
    this.probe = new MemoryProbe();
    this.last = sample();
    this.bounds = new MemoryBounds(store, nodes.size(), last);
  }

  private MemorySample sample() throws IOException, InterruptedException {
    MemorySample most = null;
    for (int node = 0; node < nodes.size(); node++) {
      MemoryProbe.Memory memory = probe.measure(pids.get(node));
      Figures figures = Figures.ask(nodes.get(node));
      MemorySample sample = new MemorySample(memory.heap(), memory.direct(), figures.of("vestibule_log_bytes"), figures.of("vestibule_log_dropped_total"));
      most = most == null ? sample : most.most(sample);
    }
    return most;
  }

  /** Looks, and tells it in a line. */
  public String look(long acknowledged) throws InterruptedException {
    looks++;
    try {
      last = sample();
    } catch (IOException e) {
      faults++;
      return "look " + looks + ": " + e.getMessage();
    }
    List<String> exceeded = bounds.exceeded(last);
    faults += exceeded.isEmpty() ? 0 : 1;
    return String.format(Locale.ROOT, "memory %3d  %,12d acknowledged  live %,.1f MB of %,.1f  direct %,.1f MB of %,.1f  logs %,.2f MB of %,.2f  %,.0f dropped%s", looks, acknowledged,
        last.heap() / 1e6, bounds.heap() / 1e6, last.direct() / 1e6, bounds.direct() / 1e6, last.logs() / 1e6, bounds.store() / 1e6, last.dropped(), exceeded.isEmpty() ? "" : "  BEYOND: " + exceeded);
  }

  /** Whether it looked at all, nothing was ever beyond its bound, and the store was full: else nothing was shown. */
  public boolean clean() {
    return looks > 0 && faults == 0 && last.dropped() > 0;
  }

  /** The verdict, in a line. */
  public String verdict() {
    return clean() ? "memory       within its bounds, " + looks + " times" : looks > 0 && faults == 0 ? "memory       NOT SHOWN: the store never was full, say more --topics or a smaller size"
        : "memory       NOT WITHIN ITS BOUNDS, " + faults + " of " + looks + " times";
  }

  @Override
  public void close() throws IOException {
    probe.close();
  }
}
