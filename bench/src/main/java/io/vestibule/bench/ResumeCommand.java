package io.vestibule.bench;

import io.vestibule.bench.client.Tokens.TokenException;
import io.vestibule.bench.durable.ResumePlan;
import io.vestibule.bench.durable.ResumeReport;
import io.vestibule.bench.durable.ResumeRun;
import io.vestibule.bench.durable.Site;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench resume}: everybody is cut off at once and comes back. */
@Command(name = "resume", mixinStandardHelpOptions = true,
    description = "Connections that follow durable topics are all cut at once (a reset) while messages are published, and come back with reconnect_attempt, their resume token and the offsets"
        + " they have; prints when everybody was back and had everything that had been acknowledged. Everybody must have each message once and in order.%n"
        + "Without --url it starts nodes of its own, from the same jar, and ends them. With --nodes 2 half of the connections come back to the other node.%n",
    footer = {
      "",
      "Examples:",
      "  vestibule bench resume",
      "  vestibule bench resume --nodes 2 --topics 1000",
      "  vestibule bench resume --connections 1000 --away 5s --rate 500",
      "  vestibule bench resume --redis /usr/bin/redis-server"
    })
final class ResumeCommand implements Callable<Integer> {
  /** A server may not have seen the end of the old socket when the new one comes: both count for the address. */
  private static final int SOCKETS_EACH = 2;
  private static final int PINGS_EACH = 4;

  @Spec private CommandSpec spec;
  @Mixin private NodeOptions nodes;

  @Option(names = "--connections", defaultValue = "10000", paramLabel = "N", description = "Who is cut, each a user with a socket (default: ${DEFAULT-VALUE}).")
  private int connections;

  @Option(names = "--topics", defaultValue = "300", paramLabel = "T", description = "Durable topics (default: ${DEFAULT-VALUE}).")
  private int topics;

  @Option(names = "--topics-each", defaultValue = "3", paramLabel = "N", description = "How many of them each connection is subscribed to (default: ${DEFAULT-VALUE}).")
  private int each;

  @Option(names = "--publishers", defaultValue = "4", paramLabel = "P", description = "Connections that publish and are not cut (default: ${DEFAULT-VALUE}).")
  private int publishers;

  @Option(names = "--rate", defaultValue = "100", paramLabel = "R", description = "Messages a second of all publishers together, to the topics in turn, the whole time (default: ${DEFAULT-VALUE}).")
  private double rate;

  @Option(names = "--size", defaultValue = "64", paramLabel = "BYTES", description = "Bytes of a message's data (default: ${DEFAULT-VALUE}).")
  private int size;

  @Option(names = "--away", defaultValue = "0s", paramLabel = "TIME", converter = DurationConverter.class, description = "From the cut to the first attempt to come back (default: ${DEFAULT-VALUE}).")
  private Duration away;

  @Option(names = "--return-rate", defaultValue = "0", paramLabel = "R", description = "Attempts to come back that begin in a second; 0: all at once (default: ${DEFAULT-VALUE}).")
  private double returnRate;

  @Option(names = "--retry", defaultValue = "1s", paramLabel = "TIME", converter = DurationConverter.class,
      description = "From an attempt that failed to the next (default: ${DEFAULT-VALUE}).")
  private Duration retry;

  @Option(names = "--patience", defaultValue = "15s", paramLabel = "TIME", converter = DurationConverter.class,
      description = "When nobody new has come back, or has become current, for so long, the run is over (default: ${DEFAULT-VALUE}).")
  private Duration patience;

  @Option(names = "--json", description = "Print the result as one JSON object; progress goes to the error stream.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    plan(nodes.draft(sockets()));
    try (NodeOptions.Running running = nodes.start(sockets(), List.of())) {
      ResumeReport report = new ResumeRun(plan(running.site()), new Progress(spec.commandLine().getErr(), connections)).run();
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
    return Math.max(1, SOCKETS_EACH * (connections + publishers + PINGS_EACH));
  }

  private ResumePlan plan(Site site) {
    try {
      return new ResumePlan(site, connections, each, topics, publishers, rate, size, away, returnRate, retry, patience, nodes.target().threads());
    } catch (IllegalArgumentException e) {
      throw nodes.target().fault(e.getMessage());
    }
  }

  private record Progress(PrintWriter err, int connections) implements ResumeRun.Observer {
    @Override
    public void subscribed(int ready, int wanted) {
      print(String.format(Locale.ROOT, "%,d of %,d connections subscribed", ready, wanted));
    }

    @Override
    public void second(int second, long back, long current, long acknowledged) {
      print(String.format(Locale.ROOT, "%4d s  %,8d of %,d back  %,8d current  %,8d acknowledged", second, back, connections, current, acknowledged));
    }

    private void print(String line) {
      err.println(line);
      err.flush();
    }
  }
}
