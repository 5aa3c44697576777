package io.vestibule.bench;

import io.vestibule.bench.client.Tokens.TokenException;
import io.vestibule.bench.compare.FanoutComparison;
import io.vestibule.bench.compare.IdleComparison;
import io.vestibule.bench.compare.Launch;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench compare}: Vestibule beside the bare server, both as child processes from the same jar; needs Linux and a JDK. */
@Command(name = "compare", mixinStandardHelpOptions = true,
    description = "Starts Vestibule and a bare Vert.x server in turn and prints what each needs for the same work.")
final class CompareCommand implements Callable<Integer> {
  private static final int SIZE = 64;

  /** What can be compared. */
  enum Scenario { FANOUT_1000X100, FANOUT_100X1500, IDLE_MEMORY, ALL }

  @Spec private CommandSpec spec;

  @Option(names = "--scenario", defaultValue = "all", converter = ScenarioConverter.class, paramLabel = "NAME",
      description = "fanout-1000x100 (subscribers x messages/s), fanout-100x1500, idle-memory or all (default: ${DEFAULT-VALUE}).")
  private Scenario scenario;

  @Option(names = "--pairs", defaultValue = "5", description = "Interleaved pairs; the median counts (default: ${DEFAULT-VALUE}).")
  private int pairs;

  /** What a server does ten times a second is compiled after ten minutes, so its first runs are dearer than those of its other days. */
  @Option(names = "--uncounted", defaultValue = "10", paramLabel = "N",
      description = "Runs of a fan-out on each server before any counts: what is still being compiled costs more (default: ${DEFAULT-VALUE}).")
  private int uncounted;

  @Option(names = "--duration", defaultValue = "20s", paramLabel = "TIME", converter = DurationConverter.class,
      description = "Of each measured run of a fan-out (default: ${DEFAULT-VALUE}).")
  private Duration duration;

  @Option(names = "--warmup", defaultValue = "5s", paramLabel = "TIME", converter = DurationConverter.class,
      description = "Before each measured run (default: ${DEFAULT-VALUE}).")
  private Duration warmup;

  @Option(names = "--few", defaultValue = "1000", paramLabel = "N", description = "Idle connections at first (default: ${DEFAULT-VALUE}).")
  private int few;

  @Option(names = "--many", defaultValue = "15000", paramLabel = "N", description = "Idle connections then (default: ${DEFAULT-VALUE}).")
  private int many;

  @Option(names = "--settle", defaultValue = "3s", paramLabel = "TIME", converter = DurationConverter.class,
      description = "Silence before memory is read (default: ${DEFAULT-VALUE}).")
  private Duration settle;

  @Option(names = "--instances", defaultValue = "0", paramLabel = "N",
      description = "Event loops of each server that serve sockets; 0: half of the processors, the others are for the client (default: ${DEFAULT-VALUE}).")
  private int instances;

  @Mixin private LaunchOptions launching;

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    try {
      Launch launch = launch();
      boolean fair = true;
      if (asked(Scenario.FANOUT_1000X100)) {
        fair &= fanout(launch, 1000, 100, out);
      }
      if (asked(Scenario.FANOUT_100X1500)) {
        fair &= fanout(launch, 100, 1500, out);
      }
      if (asked(Scenario.IDLE_MEMORY)) {
        fair &= new IdleComparison(launch, idle(), out).run();
      }
      return fair ? 0 : 1;
    } catch (IOException | TokenException e) {
      spec.commandLine().getErr().println(e.getMessage());
      return 1;
    }
  }

  private boolean fanout(Launch launch, int subscribers, int rate, PrintWriter out)
      throws IOException, InterruptedException, TokenException {
    var setting = new FanoutComparison.Setting(subscribers, rate, SIZE, uncounted, pairs, warmup, duration);
    boolean fair = new FanoutComparison(launch, setting, out).run();
    out.println();
    return fair;
  }

  private IdleComparison.Setting idle() {
    try {
      return new IdleComparison.Setting(few, many, pairs, settle);
    } catch (IllegalArgumentException e) {
      throw fault("--many must be more than --few, and --few at least 1");
    }
  }

  private boolean asked(Scenario one) {
    return scenario == Scenario.ALL || scenario == one;
  }

  private Launch launch() {
    if (pairs < 1 || duration.isZero()) {
      throw fault("--pairs must be at least 1 and --duration not zero");
    }
    if (instances < 0 || uncounted < 0) {
      throw fault("--instances and --uncounted must not be negative");
    }
    if (!Files.isReadable(Path.of("/proc/self/stat"))) {
      throw fault("compare reads /proc and needs Linux");
    }
    return launching.launch(instances == 0 ? Math.max(1, Runtime.getRuntime().availableProcessors() / 2) : instances);
  }

  private ParameterException fault(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
