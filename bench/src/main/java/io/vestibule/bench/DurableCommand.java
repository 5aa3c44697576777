package io.vestibule.bench;

import io.vestibule.bench.client.Tokens.TokenException;
import io.vestibule.bench.durable.DurablePlan;
import io.vestibule.bench.durable.DurableReport;
import io.vestibule.bench.durable.DurableRun;
import io.vestibule.bench.durable.Site;
import io.vestibule.bench.durable.Times;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench durable}: publishes to durable topics, acknowledgements and deliveries. */
@Command(name = "durable", mixinStandardHelpOptions = true,
    description = "Publishers keep a window of messages to durable topics under way, or publish at a rate; prints acknowledged publishes a second, the time to the ack and to each"
        + " subscriber, and the CPU. Every subscriber must have every acknowledged message once and in the order of the offsets.%n"
        + "Without --url it starts nodes of its own, from the same jar and without a limit of a connection's frames, and ends them.%n",
    footer = {
      "",
      "Examples:",
      "  vestibule bench durable",
      "  vestibule bench durable --publishers 1 --window 1 --topics 1",
      "  vestibule bench durable --nodes 2 --rate 2000",
      "  vestibule bench durable --redis /usr/bin/redis-server",
      "  vestibule bench durable --watch-memory 64MiB --topics 1000 --duration 10m --jvm -Xmx512m"
    })
final class DurableCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private NodeOptions nodes;

  @Option(names = "--publishers", defaultValue = "8", paramLabel = "N", description = "Connections that publish (default: ${DEFAULT-VALUE}).")
  private int publishers;

  @Option(names = "--topics", defaultValue = "64", paramLabel = "T", description = "Durable topics, to which each publishes in turn (default: ${DEFAULT-VALUE}).")
  private int topics;

  @Option(names = "--subscribers", defaultValue = "1", paramLabel = "S", description = "Subscribers of each topic; 0: nobody listens (default: ${DEFAULT-VALUE}).")
  private int subscribers;

  @Option(names = "--window", defaultValue = "32", paramLabel = "W", description = "Messages of a publisher that are under way: each ack lets the next go (default: ${DEFAULT-VALUE}).")
  private int window;

  @Option(names = "--rate", defaultValue = "0", paramLabel = "R", description = "Messages a second of all publishers together, in an open loop; 0: as many as --window permits (default: ${DEFAULT-VALUE}).")
  private double rate;

  @Option(names = "--size", defaultValue = "64", paramLabel = "BYTES", description = "Bytes of a message's data (default: ${DEFAULT-VALUE}).")
  private int size;

  @Option(names = "--warmup", defaultValue = "5s", paramLabel = "TIME", converter = DurationConverter.class,
      description = "Messages of this time are judged, but not timed (default: ${DEFAULT-VALUE}).")
  private Duration warmup;

  @Option(names = "--duration", defaultValue = "10s", paramLabel = "TIME", converter = DurationConverter.class, description = "How long is measured (default: ${DEFAULT-VALUE}).")
  private Duration duration;

  @Option(names = "--json", description = "Print the result as one JSON object; progress goes to the error stream.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    plan(nodes.draft(sockets()));
    try (NodeOptions.Running running = nodes.start(sockets(), List.of("gateway.limits.messages-per-second=0"))) {
      DurableReport report = new DurableRun(plan(running.site()), new Progress(spec.commandLine().getErr())).run();
      PrintWriter out = spec.commandLine().getOut();
      out.print(json ? report.toJson().encode() + System.lineSeparator() : report.toText());
      out.flush();
      return report.clean() ? 0 : 1;
    } catch (IOException | TokenException e) {
      spec.commandLine().getErr().println(e.getMessage());
      return 1;
    }
  }

  private int sockets() {
    return Math.max(1, publishers + topics * subscribers);
  }

  private DurablePlan plan(Site site) {
    try {
      return new DurablePlan(site, publishers, topics, subscribers, window, rate, size, warmup, duration, nodes.target().threads());
    } catch (IllegalArgumentException e) {
      throw nodes.target().fault(e.getMessage());
    }
  }

  private record Progress(PrintWriter err) implements DurableRun.Observer {
    @Override
    public void connected(int ready, int wanted) {
      print(String.format(Locale.ROOT, "%,d of %,d connections ready", ready, wanted));
    }

    @Override
    public void second(int second, long acknowledged, long delivered, Histogram acks) {
      print(String.format(Locale.ROOT, "%4d s  %,8d acknowledged  %,8d delivered  %s", second, acknowledged, delivered, acks.getTotalCount() == 0 ? "warming up" : Times.text(acks)));
    }

    private void print(String line) {
      err.println(line);
      err.flush();
    }
  }
}
