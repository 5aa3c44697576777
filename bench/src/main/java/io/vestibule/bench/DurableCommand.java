package io.vestibule.bench;

import io.vestibule.bench.client.Target;
import io.vestibule.bench.client.Tokens.TokenException;
import io.vestibule.bench.durable.DurablePlan;
import io.vestibule.bench.durable.DurableReport;
import io.vestibule.bench.durable.DurableRun;
import io.vestibule.bench.durable.MemoryBounds;
import io.vestibule.bench.durable.MemoryWatch;
import io.vestibule.bench.durable.Site;
import io.vestibule.bench.durable.Times;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
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

  @Option(names = "--watch-memory", paramLabel = "SIZE",
      description = "Give the nodes so much store.memory, look at their memory in each --watch-every, and fail where live bytes, direct memory or logs are beyond it and what is held beside."
          + " It needs a JDK, and more topics than find room (default: memory is not looked at).")
  private String watched;

  @Option(names = "--watch-every", defaultValue = "1m", paramLabel = "TIME", converter = DurationConverter.class, description = "How often (default: ${DEFAULT-VALUE}).")
  private Duration watchEvery;

  @Option(names = "--json", description = "Print the result as one JSON object; progress goes to the error stream.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    plan(nodes.draft(sockets()));
    long store = watched == null ? 0 : store();
    List<String> settings = new ArrayList<>(List.of("gateway.limits.messages-per-second=0"));
    if (watched != null) {
      settings.add("store.memory=" + watched);
    }
    PrintWriter out = spec.commandLine().getOut();
    try (NodeOptions.Running running = nodes.start(sockets(), settings); Progress progress = new Progress(spec.commandLine().getErr(), json ? spec.commandLine().getErr() : out, running, store, (int) watchEvery.toSeconds())) {
      DurableReport report = new DurableRun(plan(running.site()), progress).run();
      boolean within = watched == null || progress.watch != null && progress.watch.clean();
      out.print(json ? report.toJson().put("memoryWithinBounds", watched == null ? null : within).encode() + System.lineSeparator() : report.toText());
      if (!json && progress.watch != null) {
        out.println(progress.watch.verdict());
      }
      out.flush();
      return report.clean() && within ? 0 : 1;
    } catch (IOException | TokenException e) {
      spec.commandLine().getErr().println(e.getMessage());
      return 1;
    }
  }

  private long store() {
    if (nodes.target().isSaid() || nodes.hasRedis() || watchEvery.toSeconds() < 1) {
      throw nodes.target().fault("--watch-memory is for nodes that are started here and keep their logs themselves, and --watch-every 1s at least");
    }
    try {
      return MemoryBounds.bytes(watched);
    } catch (IllegalArgumentException e) {
      throw nodes.target().fault("--watch-memory: " + e.getMessage());
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

  private static final class Progress implements DurableRun.Observer, AutoCloseable {
    private final PrintWriter err;
    private final PrintWriter looks;
    private final NodeOptions.Running running;
    private final long store;
    private final int every;
    private MemoryWatch watch;
    private long acknowledged;
    private int looked;

    Progress(PrintWriter err, PrintWriter looks, NodeOptions.Running running, long store, int every) {
      this.err = err;
      this.looks = looks;
      this.running = running;
      this.store = store;
      this.every = every;
    }

    @Override
    public void connected(int ready, int wanted) throws IOException, InterruptedException {
      print(err, String.format(Locale.ROOT, "%,d of %,d connections ready", ready, wanted));
      if (store > 0) {
        watch = new MemoryWatch(running.pids(), running.site().targets().stream().map(Target::uri).toList(), store);
      }
    }

    @Override
    public void second(int second, long some, long delivered, Histogram acks) throws InterruptedException {
      acknowledged += some;
      if (watch == null) {
        print(err, String.format(Locale.ROOT, "%4d s  %,8d acknowledged  %,8d delivered  %s", second, some, delivered, acks.getTotalCount() == 0 ? "warming up" : Times.text(acks)));
      } else if (second / every > looked) {
        looked = second / every;
        print(looks, watch.look(acknowledged));
      }
    }

    private static void print(PrintWriter to, String line) {
      to.println(line);
      to.flush();
    }

    @Override
    public void close() throws IOException {
      if (watch != null) {
        watch.close();
      }
    }
  }
}
