package io.vestibule.bench.compare;

import io.netty.buffer.ByteBuf;
import io.vestibule.bench.client.Member;
import io.vestibule.bench.client.MintedTokens;
import io.vestibule.bench.client.SourceAddresses;
import io.vestibule.bench.client.Swarm;
import io.vestibule.bench.client.Target;
import io.vestibule.bench.client.Tokens.TokenException;
import io.vestibule.bench.compare.MemoryProbe.Memory;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What an authenticated connection with one subscription costs while nothing happens: live heap and direct memory with few and with many
 * of them, and the slope between the two, so that what a server needs for itself does not count. Each measurement has a new process.
 */
public final class IdleComparison {
  private static final int SOCKETS_PER_ADDRESS = 100;

  /**
   * What is compared.
   *
   * @param few connections of the first measurement
   * @param many of the second
   * @param pairs how often
   * @param settle how long nothing happens before memory is read
   */
  public record Setting(int few, int many, int pairs, Duration settle) {
    public Setting {
      if (few < 1 || many <= few) {
        throw new IllegalArgumentException("many must be more than few, and few at least 1");
      }
    }
  }

  private record Slope(double heap, double direct, boolean complete) {
    double total() {
      return heap + direct;
    }
  }

  private record Pair(Slope bare, Slope vestibule) {
    double ratio() {
      return vestibule.total() / bare.total();
    }
  }

  private final Launch launch;
  private final Setting setting;
  private final PrintWriter out;

  public IdleComparison(Launch launch, Setting setting, PrintWriter out) {
    this.launch = launch;
    this.setting = setting;
    this.out = out;
  }

  /**
   * Runs and prints it.
   *
   * @return whether all connections came up and stayed in each measurement
   */
  public boolean run() throws IOException, InterruptedException, TokenException {
    print("idle connections, authenticated, one subscription each: from %,d to %,d; %d pairs", setting.few, setting.many, setting.pairs);
    print("%-5s %-10s %14s %14s %14s", "pair", "server", "heap B/conn", "direct B/conn", "total B/conn");
    List<Pair> pairs = new ArrayList<>();
    try (var probe = new MemoryProbe()) {
      for (int i = 0; i < setting.pairs; i++) {
        Map<ServerKind, Slope> slopes = new EnumMap<>(ServerKind.class);
        for (ServerKind kind : ServerKind.order(i)) {
          Slope slope = measure(kind, probe);
          slopes.put(kind, slope);
          print("%-5d %-10s %,14.0f %,14.0f %,14.0f%s", i + 1, kind.label(), slope.heap, slope.direct, slope.total(),
              slope.complete ? "" : "  not all connections stayed");
        }
        pairs.add(new Pair(slopes.get(ServerKind.BARE), slopes.get(ServerKind.VESTIBULE)));
        print("%-5s %-10s %14s %14s %14.3f", "", "ratio", "", "", pairs.get(i).ratio());
      }
    }
    print("median of the ratios, vestibule to bare: %.3f; medians: bare %,.0f B, vestibule %,.0f B a connection",
        Median.of(pairs, Pair::ratio), Median.of(pairs, p -> p.bare.total()), Median.of(pairs, p -> p.vestibule.total()));
    boolean complete = pairs.stream().allMatch(pair -> pair.bare.complete && pair.vestibule.complete);
    if (!complete) {
      print("NOT A FAIR COMPARISON: connections failed or were dropped");
    }
    return complete;
  }

  private Slope measure(ServerKind kind, MemoryProbe probe) throws IOException, InterruptedException, TokenException {
    try (ServerProcess server = ServerProcess.start(kind, launch);
        Swarm swarm = new Swarm(Target.of(server.uri(), SourceAddresses.loopback(setting.many, SOCKETS_PER_ADDRESS)), 1)) {
      Memory few = grow(swarm, 0, setting.few, server, probe);
      Memory many = grow(swarm, setting.few, setting.many, server, probe);
      double connections = setting.many - setting.few;
      return new Slope((many.heap() - few.heap()) / connections, (many.direct() - few.direct()) / connections,
          swarm.live() == setting.many);
    }
  }

  private Memory grow(Swarm swarm, int from, int to, ServerProcess server, MemoryProbe probe)
      throws IOException, InterruptedException, TokenException {
    var tokens = new MintedTokens(launch.secret(), Instant.now().plusSeconds(3600).getEpochSecond());
    // Each its own user, as people are.
    swarm.open(to - from, (i, loop) -> new Member(tokens.forUser(String.format(Locale.ROOT, "bench-idle-%06d", from + i)), "bench.idle", Silent.EVENTS));
    TimeUnit.MILLISECONDS.sleep(setting.settle.toMillis());
    return probe.measure(server.pid());
  }

  private void print(String format, Object... arguments) {
    out.println(String.format(Locale.ROOT, format, arguments));
    out.flush();
  }

  private enum Silent implements Member.Events {
    EVENTS;

    @Override
    public void message(ByteBuf bytes, int from, int to) {
      // Nobody publishes.
    }

    @Override
    public void error(String reason) {
      // Nothing is asked.
    }
  }
}
