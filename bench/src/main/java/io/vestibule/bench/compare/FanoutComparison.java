package io.vestibule.bench.compare;

import io.vestibule.bench.client.MintedTokens;
import io.vestibule.bench.client.SourceAddresses;
import io.vestibule.bench.client.Target;
import io.vestibule.bench.client.Tokens.TokenException;
import io.vestibule.bench.load.FanoutPlan;
import io.vestibule.bench.load.FanoutReport;
import io.vestibule.bench.load.FanoutRun;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The same fan-out on both servers, in pairs that take turns. Both processes live through the whole comparison and each is run several times
 * before anything counts, so that neither is measured while it compiles itself. Counted is all processor time of the server's process from the
 * first measured message to the last measured delivery, whatever it is spent on.
 */
public final class FanoutComparison {
  private static final int SOCKETS_PER_ADDRESS = 100;
  private static final double SAME_LENGTH = 0.5;
  private static final double MOST_BEHIND_SECONDS = 0.25;

  /**
   * What is compared.
   *
   * @param subscribers connections that listen
   * @param rate messages a second
   * @param size bytes of a message's data
   * @param uncounted runs of each before any counts
   * @param pairs how often
   * @param warmup before each measurement
   * @param duration of each measurement
   */
  public record Setting(int subscribers, double rate, int size, int uncounted, int pairs, Duration warmup, Duration duration) {}

  private record Sample(ServerKind kind, double cpuMicros, FanoutReport report) {
    double latency(int index) {
      return switch (index) {
        case 0 -> report.latency().p50();
        case 1 -> report.latency().p99();
        default -> report.latency().p999();
      };
    }
  }

  private record Pair(Sample bare, Sample vestibule) {
    double cpuRatio() {
      return vestibule.cpuMicros / bare.cpuMicros;
    }

    double latencyRatio(int index) {
      return vestibule.latency(index) / bare.latency(index);
    }

    boolean fair() {
      return bare.report.clean() && vestibule.report.clean() && bare.report.measured() == vestibule.report.measured()
          && Math.abs(bare.report.frameBytes() - vestibule.report.frameBytes()) < SAME_LENGTH;
    }
  }

  private final Launch launch;
  private final Setting setting;
  private final PrintWriter out;

  public FanoutComparison(Launch launch, Setting setting, PrintWriter out) {
    this.launch = launch;
    this.setting = setting;
    this.out = out;
  }

  /**
   * Runs and prints it.
   *
   * @return whether every run delivered everything, the same number, in frames of the same length
   */
  public boolean run() throws IOException, InterruptedException, TokenException {
    print("%,d subscribers, %,.0f messages/s, %d bytes of data; event loops of each that serve: %d; %d pairs of %d s",
        setting.subscribers, setting.rate, setting.size, launch.instances(), setting.pairs, setting.duration.toSeconds());
    try (ServerProcess bare = ServerProcess.start(ServerKind.BARE, launch);
        ServerProcess vestibule = ServerProcess.start(ServerKind.VESTIBULE, launch)) {
      for (int i = 0; i < setting.uncounted; i++) {
        measure(bare);
        measure(vestibule);
      }
      print("%-5s %-10s %16s %12s %6s %8s %10s %10s %10s",
          "pair", "server", "cpu us/delivery", "deliveries", "lost", "frame B", "p50 us", "p99 us", "p99.9 us");
      List<Pair> pairs = new ArrayList<>();
      for (int i = 0; i < setting.pairs; i++) {
        Map<ServerKind, Sample> samples = new EnumMap<>(ServerKind.class);
        for (ServerKind kind : ServerKind.order(i)) {
          Sample sample = measure(kind == ServerKind.BARE ? bare : vestibule);
          samples.put(kind, sample);
          print(i + 1, sample);
        }
        pairs.add(new Pair(samples.get(ServerKind.BARE), samples.get(ServerKind.VESTIBULE)));
        print(pairs.get(i));
      }
      summarise(pairs);
      return pairs.stream().allMatch(Pair::fair);
    }
  }

  private Sample measure(ServerProcess server) throws IOException, InterruptedException, TokenException {
    int publishers = FanoutPlan.publishersFor(setting.rate);
    var target = Target.of(server.uri(), SourceAddresses.loopback(setting.subscribers + publishers, SOCKETS_PER_ADDRESS));
    var tokens = new MintedTokens(launch.secret(), Instant.now().plusSeconds(3600).getEpochSecond());
    var plan = new FanoutPlan(target, tokens, setting.subscribers, publishers, setting.rate, setting.size,
        "bench.t", "bench.t", setting.warmup, setting.duration, 1);
    var cpu = new CpuWindow(server);
    FanoutReport report = new FanoutRun(plan, cpu).run();
    return new Sample(server.kind(), cpu.micros() / (double) Math.max(1, report.measured()), report);
  }

  private void summarise(List<Pair> pairs) {
    print("median of the ratios, vestibule to bare: cpu per delivery %.3f, p50 %.2f, p99 %.2f, p99.9 %.2f",
        Median.of(pairs, Pair::cpuRatio), Median.of(pairs, p -> p.latencyRatio(0)), Median.of(pairs, p -> p.latencyRatio(1)),
        Median.of(pairs, p -> p.latencyRatio(2)));
    print("medians: cpu per delivery bare %.2f us, vestibule %.2f us; p99 bare %,.0f us, vestibule %,.0f us",
        Median.of(pairs, p -> p.bare.cpuMicros), Median.of(pairs, p -> p.vestibule.cpuMicros),
        Median.of(pairs, p -> p.bare.latency(1)), Median.of(pairs, p -> p.vestibule.latency(1)));
    if (!pairs.stream().allMatch(Pair::fair)) {
      print("NOT A FAIR COMPARISON: a run was not clean, or deliveries or frame lengths differ");
    }
  }

  private void print(int pair, Sample sample) {
    FanoutReport report = sample.report;
    print("%-5d %-10s %16.3f %,12d %,6d %8.1f %,10.0f %,10.0f %,10.0f%s", pair, sample.kind.label(), sample.cpuMicros, report.measured(),
        report.lost(), report.frameBytes(), report.latency().p50(), report.latency().p99(), report.latency().p999(),
        report.clean() ? "" : "  not clean: " + report.toJson().encode());
    if (report.measuredSeconds() > setting.duration.toMillis() / 1e3 + MOST_BEHIND_SECONDS) {
      print("      the machine could not keep up: %.1f s of messages took %.1f s, and such figures say little",
          setting.duration.toMillis() / 1e3, report.measuredSeconds());
    }
  }

  private void print(Pair pair) {
    print("%-5s %-10s %16.3f %12s %6s %8s %10.2f %10.2f %10.2f", "", "ratio", pair.cpuRatio(), "", "", "",
        pair.latencyRatio(0), pair.latencyRatio(1), pair.latencyRatio(2));
  }

  private void print(String format, Object... arguments) {
    out.println(String.format(Locale.ROOT, format, arguments));
    out.flush();
  }

  /** Reads the server's processor time where the measured part of a run begins and ends. */
  private static final class CpuWindow implements FanoutRun.Observer {
    private final ServerProcess server;
    private long begin;
    private long end;

    CpuWindow(ServerProcess server) {
      this.server = server;
    }

    @Override
    public void measuringBegins() {
      begin = read();
    }

    @Override
    public void measuringEnded() {
      end = read();
    }

    long micros() {
      return end - begin;
    }

    private long read() {
      try {
        return server.cpuMicros();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
