package io.vestibule.bench;

import io.vestibule.bench.client.Tokens.TokenException;
import io.vestibule.bench.load.FanoutPlan;
import io.vestibule.bench.load.FanoutReport;
import io.vestibule.bench.load.FanoutRun;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** What {@code bench fanout} and plain {@code bench} are told, and the run that comes of it. */
final class FanoutOptions {
  @Mixin private TargetOptions target;

  @Option(names = "--connections", defaultValue = "100", paramLabel = "N", description = "Subscribers (default: ${DEFAULT-VALUE}).")
  private int connections;

  @Option(names = "--publishers", paramLabel = "P",
      description = "Connections that publish, besides the subscribers (default: so many that none sends 80 a second).")
  private Integer publishers;

  @Option(names = "--rate", defaultValue = "100", paramLabel = "R",
      description = "Messages a second, of all publishers together (default: ${DEFAULT-VALUE}).")
  private double rate;

  @Option(names = "--size", defaultValue = "64", paramLabel = "BYTES", description = "Bytes of a message's data (default: ${DEFAULT-VALUE}).")
  private int size;

  @Option(names = "--topic", defaultValue = "bench.t", description = "What messages are published to (default: ${DEFAULT-VALUE}).")
  private String topic;

  @Option(names = "--pattern", description = "What is subscribed to, when it is not the topic itself: bench.*")
  private String pattern;

  @Option(names = "--warmup", defaultValue = "3s", paramLabel = "TIME", converter = DurationConverter.class,
      description = "Messages of this time are counted, but not timed (default: ${DEFAULT-VALUE}).")
  private Duration warmup;

  @Option(names = "--duration", defaultValue = "10s", paramLabel = "TIME", converter = DurationConverter.class,
      description = "How long is measured (default: ${DEFAULT-VALUE}).")
  private Duration duration;

  @Option(names = "--json", description = "Print the result as one JSON object; progress goes to the error stream.")
  private boolean json;

  /**
   * Runs and prints it; blocks until it is done.
   *
   * @return the exit code
   */
  int run(CommandSpec spec) throws InterruptedException {
    FanoutRun run = new FanoutRun(plan(), new ProgressLines(spec.commandLine().getErr()));
    try {
      FanoutReport report = run.run();
      PrintWriter out = spec.commandLine().getOut();
      out.print(json ? report.toJson().encode() + System.lineSeparator() : report.toText());
      out.flush();
      return report.clean() ? 0 : 1;
    } catch (TokenException e) {
      spec.commandLine().getErr().println(e.getMessage());
      return 1;
    }
  }

  private FanoutPlan plan() {
    int sending = publishers == null ? FanoutPlan.publishersFor(rate) : publishers;
    try {
      return new FanoutPlan(target.target(connections + sending), target.tokens(), connections, sending, rate, size,
          pattern == null ? topic : pattern, topic, warmup, duration, target.threads());
    } catch (IllegalArgumentException e) {
      throw target.fault(e.getMessage());
    }
  }

  private record ProgressLines(PrintWriter err) implements FanoutRun.Observer {
    @Override
    public void opened(FanoutReport.Connections c) {
      print(String.format(Locale.ROOT, "%,d of %,d connections ready, %,.0f/s", c.ready(), c.wanted(), c.perSecond()));
    }

    @Override
    public void second(int second, long sent, long delivered, Histogram latency) {
      String timed = latency.getTotalCount() == 0 ? "warming up" : String.format(Locale.ROOT, "p50 %,.0f us  p99 %,.0f us  max %,.0f us",
          latency.getValueAtPercentile(50) / 1e3, latency.getValueAtPercentile(99) / 1e3, latency.getMaxValue() / 1e3);
      print(String.format(Locale.ROOT, "%4d s  %,8d sent  %,10d delivered  %s", second, sent, delivered, timed));
    }

    private void print(String line) {
      err.println(line);
      err.flush();
    }
  }
}
