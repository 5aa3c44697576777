package io.vestibule.bench;

import io.vestibule.bench.client.AnyCertificate;
import io.vestibule.bench.client.QueueStatus;
import io.vestibule.bench.client.Tokens.TokenException;
import io.vestibule.bench.line.LinePlan;
import io.vestibule.bench.line.LineReport;
import io.vestibule.bench.line.LineReport.Joined;
import io.vestibule.bench.line.LineRun;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench line}: a full house, a line behind it, and slots that come free at a rate; who is let in is counted and timed. */
@Command(name = "line", mixinStandardHelpOptions = true,
    description = "Takes all slots of a queue, lets N people wait, frees R slots a second; prints joins a second, faults, and the time from a freed slot to auth_success."
        + " Nobody else may be in the queue, and it must have a limit (--set admission.capacity=100).")
final class LineCommand implements Callable<Integer> {
  /** From one second of strain an inflow is back in 27 s. */
  private static final Duration INFLOW_PATIENCE = Duration.ofSeconds(30);

  /** A queue without a limit of its own has what the nodes can take. */
  private static final int MOST_UNASKED = 5_000;

  @Spec private CommandSpec spec;
  @Mixin private TargetOptions target;

  @Option(names = "--queue", defaultValue = "default", paramLabel = "NAME", description = "Which queue (default: ${DEFAULT-VALUE}).")
  private String queue;

  @Option(names = "--capacity", paramLabel = "N", description = "Slots of the queue (default: asked of the node, which needs --secret).")
  private Integer capacity;

  @Option(names = "--waiters", defaultValue = "2000", paramLabel = "N", description = "Who waits, each with a socket (default: ${DEFAULT-VALUE}).")
  private int waiters;

  @Option(names = "--http-joins", defaultValue = "1000", paramLabel = "N",
      description = "Who joins over HTTP before them and leaves again; 0: nobody (default: ${DEFAULT-VALUE}).")
  private int httpJoins;

  @Option(names = "--leaves-per-second", defaultValue = "100", paramLabel = "R", description = "Slots freed a second (default: ${DEFAULT-VALUE}).")
  private double leavesPerSecond;

  @Option(names = "--duration", defaultValue = "10s", paramLabel = "TIME", converter = DurationConverter.class,
      description = "How long slots are freed (default: ${DEFAULT-VALUE}).")
  private Duration duration;

  @Option(names = "--json", description = "Print the result as one JSON object; progress goes to the error stream.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    // Wrong options are told before anybody is asked for the capacity.
    plan(capacity == null ? 1 : capacity);
    PrintWriter err = spec.commandLine().getErr();
    try {
      LineReport report = new LineRun(plan(capacity == null ? askCapacity() : capacity), new Progress(err)).run();
      PrintWriter out = spec.commandLine().getOut();
      out.print(json ? report.toJson().encode() + System.lineSeparator() : report.toText());
      out.flush();
      return report.clean() ? 0 : 1;
    } catch (TokenException | QueueStatus.Unknown | Unfit e) {
      err.println(e.getMessage());
      return 1;
    }
  }

  private int askCapacity() throws QueueStatus.Unknown, InterruptedException, Unfit {
    if (target.operatorToken() == null) {
      throw target.fault("Say --capacity, or --secret so that the node can be asked");
    }
    QueueStatus status = status();
    if (status.capacity() == 0 || status.capacity() > MOST_UNASKED) {
      throw new Unfit("the queue '" + queue + "' has " + (status.capacity() == 0 ? "no limit" : status.capacity() + " slots, each of which would be taken by a socket")
          + ": start the node with, say, --set admission.capacity=100");
    }
    if (status.people() > 0) {
      throw new Unfit("there are " + status.people() + " people in the queue '" + queue + "' already; a place that was dropped goes after admission.slot-grace");
    }
    return status.capacity();
  }

  private QueueStatus status() throws QueueStatus.Unknown, InterruptedException {
    return QueueStatus.ask(target.url(), target.insecure() ? AnyCertificate.context() : null, target.operatorToken(), queue);
  }

  private LinePlan plan(int slots) {
    try {
      return new LinePlan(target.target(slots + waiters), target.tokens(), queue, slots, waiters, httpJoins, leavesPerSecond, duration, target.threads(), target.insecure());
    } catch (IllegalArgumentException e) {
      throw target.fault(e.getMessage());
    }
  }

  /** A queue that cannot be measured. */
  private static final class Unfit extends Exception {
    private static final long serialVersionUID = 1L;

    Unfit(String message) {
      super(message);
    }
  }

  private final class Progress implements LineRun.Observer {
    private final PrintWriter err;

    Progress(PrintWriter err) {
      this.err = err;
    }

    @Override
    public void joined(Joined holders, Joined http, Joined sockets) throws InterruptedException {
      print(String.format(Locale.ROOT, "%,d in, %,d of %,d queued", holders.came(), sockets.came(), sockets.wanted()));
      if (target.operatorToken() != null && sockets.came() == sockets.wanted()) {
        awaitInflow();
      }
    }

    /** Those who join strain a node, and a strained node admits slowly for some seconds: that would be measured instead of the line. */
    private void awaitInflow() throws InterruptedException {
      long begun = System.nanoTime();
      try {
        double inflow = status().inflow();
        if (inflow > 0 && inflow < leavesPerSecond) {
          print(String.format(Locale.ROOT, "the queue admits %.0f/s at the most just now: waiting for more, %d s at the most", inflow, INFLOW_PATIENCE.toSeconds()));
        }
        while (inflow > 0 && inflow < leavesPerSecond && System.nanoTime() - begun < INFLOW_PATIENCE.toNanos()) {
          TimeUnit.SECONDS.sleep(1);
          inflow = status().inflow();
        }
      } catch (QueueStatus.Unknown e) {
        print(e.getMessage());
      }
    }

    @Override
    public void second(int second, int freed, int admitted, Histogram latency) {
      print(String.format(Locale.ROOT, "%4d s  %,8d freed  %,8d let in  p50 %,.1f ms  p99 %,.1f ms  max %,.1f ms", second, freed, admitted,
          latency.getValueAtPercentile(50) / 1e6, latency.getValueAtPercentile(99) / 1e6, latency.getMaxValue() / 1e6));
    }

    private void print(String line) {
      err.println(line);
      err.flush();
    }
  }
}
