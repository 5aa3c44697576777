package io.vestibule.bench;

import io.vestibule.bench.client.MintedTokens;
import io.vestibule.bench.client.Target;
import io.vestibule.bench.client.Tokens;
import io.vestibule.bench.client.Tokens.TokenException;
import io.vestibule.bench.compare.Launch;
import io.vestibule.bench.compare.ServerKind;
import io.vestibule.bench.compare.ServerProcess;
import io.vestibule.bench.presence.PresencePlan;
import io.vestibule.bench.presence.PresenceReport;
import io.vestibule.bench.presence.PresenceReport.Connected;
import io.vestibule.bench.presence.PresenceRun;
import io.vestibule.bench.presence.Rooms;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench presence}: people who join rooms and watch who else does. */
@Command(name = "presence", mixinStandardHelpOptions = true,
    description = "Members, each a user with a socket, join rooms and watch who is there; prints joins a second, bytes a watcher, the time from a join to each watcher's news of it,"
        + " the server's CPU and how long a ping of others takes meanwhile. In the end each watcher's count must be right.%n"
        + "Without --url it starts a node of its own, from the same jar, and ends it.%n",
    footer = {
      "",
      "Examples:",
      "  vestibule bench presence --scenario room-10000 --rounds 3",
      "  vestibule bench presence --scenario room-10000 --watchers 100 --join-rate 1000",
      "  vestibule bench presence --scenario rooms-1000x10 --arriving"
    })
final class PresenceCommand implements Callable<Integer> {
  /** Pings come from the same addresses: each has room for some. */
  private static final int SPARE = 4;
  private static final int SPARE_PART = 50;
  private static final long TOKEN_LIFE_S = 3600;

  @Spec private CommandSpec spec;
  @Mixin private TargetOptions target;
  @Mixin private LaunchOptions launching;

  @Option(names = "--scenario", defaultValue = "room-10000", paramLabel = "NAME",
      description = "room-N: one room of N members; rooms-RxN: R rooms of N members (default: ${DEFAULT-VALUE}).")
  private String scenario;

  @Option(names = "--watchers", paramLabel = "N", description = "Members of each room who watch it, the first to join (default: all).")
  private Integer watchers;

  @Option(names = "--arriving", description = "Members join as soon as they are connected, at --connect-rate; else when all are connected.")
  private boolean arriving;

  @Option(names = "--join-rate", defaultValue = "0", paramLabel = "R", description = "Joins a second, where not --arriving; 0: all at once (default: ${DEFAULT-VALUE}).")
  private double joinRate;

  @Option(names = "--rounds", defaultValue = "1", paramLabel = "N",
      description = "How often, one after the other in rooms of their own; in the first a node that has just started compiles itself (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Option(names = "--patience", defaultValue = "10s", paramLabel = "TIME", converter = DurationConverter.class,
      description = "When nobody new has joined, or has learnt of everybody, for so long, the run is over (default: ${DEFAULT-VALUE}).")
  private Duration patience;

  @Option(names = "--json", description = "Print the result of a round as one JSON object; progress goes to the error stream.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    try {
      if (!target.isSaid() && target.hasCredentials()) {
        throw target.fault("--secret and --token are for the server of --url; a node that is started here has a secret of its own");
      }
      if (rounds < 1) {
        throw target.fault("--rounds must be at least 1");
      }
      return target.isSaid() ? run(plan(target.target(sockets()), target.tokens()), null) : ownNode();
    } catch (IOException | TokenException e) {
      spec.commandLine().getErr().println(e.getMessage());
      return 1;
    }
  }

  private int ownNode() throws IOException, InterruptedException, TokenException {
    Launch launch = launching.launch();
    Tokens tokens = new MintedTokens(launch.secret(), Instant.now().plusSeconds(TOKEN_LIFE_S).getEpochSecond());
    // Wrong options are told before anything is started.
    plan(target.target(sockets()), tokens);
    try (ServerProcess node = ServerProcess.start(ServerKind.VESTIBULE, launch)) {
      return run(plan(target.target(node.uri(), sockets()), tokens), node);
    }
  }

  private int sockets() {
    return rooms().total() + rooms().total() / SPARE_PART + SPARE;
  }

  private Rooms rooms() {
    try {
      return Rooms.parse(scenario);
    } catch (IllegalArgumentException e) {
      throw target.fault("--scenario: " + e.getMessage());
    }
  }

  private PresencePlan plan(Target at, Tokens tokens) {
    Rooms rooms = rooms();
    try {
      return new PresencePlan(at, tokens, rooms, watchers == null ? rooms.members() : watchers, arriving, joinRate, patience, target.threads());
    } catch (IllegalArgumentException e) {
      throw target.fault(e.getMessage());
    }
  }

  private int run(PresencePlan plan, ServerProcess node) throws InterruptedException, TokenException {
    PrintWriter out = spec.commandLine().getOut();
    boolean clean = true;
    for (int round = 1; round <= rounds; round++) {
      Progress progress = new Progress(spec.commandLine().getErr(), plan.rooms().total(), node);
      PresenceReport report = new PresenceRun(plan, progress).run().withCpu(progress.cpuSeconds());
      clean &= report.clean();
      String title = rounds == 1 ? "" : String.format(Locale.ROOT, "round %d of %d%n", round, rounds);
      out.print(json ? report.toJson().encode() + System.lineSeparator() : title + report.toText());
      out.flush();
    }
    return clean ? 0 : 1;
  }

  /** Prints how it proceeds, and reads the processor time of a node that was started here. */
  private static final class Progress implements PresenceRun.Observer {
    private final PrintWriter err;
    private final int members;
    private final ServerProcess node;
    private double begin = Double.NaN;
    private double end = Double.NaN;

    Progress(PrintWriter err, int members, ServerProcess node) {
      this.err = err;
      this.members = members;
      this.node = node;
    }

    double cpuSeconds() {
      return end - begin;
    }

    @Override
    public void connected(Connected connected) {
      print(String.format(Locale.ROOT, "%,d of %,d connected, %,.0f/s", connected.ready(), connected.wanted(), connected.perSecond()));
    }

    @Override
    public void second(int second, int joined, int right, long frames, long bytes) {
      print(String.format(Locale.ROOT, "%4d s  %,8d of %,d joined  %,8d watchers know of all  %,10d presence frames  %,.1f MB", second, joined, members, right, frames, bytes / 1e6));
    }

    @Override
    public void measuringBegins() {
      begin = cpu();
    }

    @Override
    public void measuringEnded() {
      end = cpu();
    }

    private double cpu() {
      try {
        return node == null ? Double.NaN : node.cpuMicros() / 1e6;
      } catch (IOException e) {
        // Not Linux, or it is gone, which its connections tell.
        return Double.NaN;
      }
    }

    private void print(String line) {
      err.println(line);
      err.flush();
    }
  }
}
