package io.vestibule.bench;

import io.netty.buffer.ByteBuf;
import io.vertx.core.json.JsonObject;
import io.vestibule.bench.client.Member;
import io.vestibule.bench.client.Swarm;
import io.vestibule.bench.client.Tokens;
import io.vestibule.bench.client.Tokens.TokenException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench idle}: opens connections, each authenticated and subscribed to one topic, and holds them. */
@Command(name = "idle", mixinStandardHelpOptions = true,
    description = "Opens N connections with one subscription each, holds them for a time, and tells how many stayed.")
final class IdleCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private TargetOptions target;

  @Option(names = "--connections", defaultValue = "1000", paramLabel = "N", description = "How many (default: ${DEFAULT-VALUE}).")
  private int connections;

  @Option(names = "--topic", defaultValue = "bench.idle", description = "What they subscribe to (default: ${DEFAULT-VALUE}).")
  private String topic;

  @Option(names = "--duration", defaultValue = "60s", paramLabel = "TIME", converter = DurationConverter.class,
      description = "How long they are held (default: ${DEFAULT-VALUE}).")
  private Duration duration;

  @Option(names = "--json", description = "Print the result as one JSON object; progress goes to the error stream.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    if (connections < 1) {
      throw target.fault("--connections must be at least 1");
    }
    Tokens tokens = target.tokens();
    String run = Long.toHexString(System.nanoTime());
    try (var swarm = new Swarm(target.target(connections), target.threads())) {
      Swarm.Opened opened = swarm.open(connections, (i, loop) -> new Member(tokens.forUser("bench-" + run + "-" + i), topic, Ignore.ALL));
      hold(swarm);
      int held = swarm.live();
      Map<String, Integer> dropped = swarm.dropped();
      print(opened, held, dropped);
      return opened.failed() == 0 && dropped.isEmpty() ? 0 : 1;
    } catch (TokenException e) {
      spec.commandLine().getErr().println(e.getMessage());
      return 1;
    }
  }

  private void hold(Swarm swarm) throws InterruptedException {
    PrintWriter err = spec.commandLine().getErr();
    long begin = System.nanoTime();
    for (int second = 0; System.nanoTime() - begin < duration.toNanos() && swarm.live() > 0; second++) {
      err.printf(Locale.ROOT, "%4d s  %,d connections%n", second, swarm.live());
      err.flush();
      TimeUnit.MILLISECONDS.sleep(Math.min(1000, Math.max(1, duration.toMillis() - (System.nanoTime() - begin) / 1_000_000)));
    }
  }

  private void print(Swarm.Opened opened, int held, Map<String, Integer> dropped) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(new JsonObject().put("wanted", connections).put("ready", opened.ready().size()).put("held", held)
          .put("perSecond", Math.round(opened.perSecond())).put("failures", new JsonObject(Map.copyOf(opened.failures())))
          .put("dropped", new JsonObject(Map.copyOf(dropped))).encode());
    } else {
      out.printf(Locale.ROOT, "%,d of %,d connections ready, %,.0f/s, %,d held to the end%s%s%n", opened.ready().size(), connections,
          opened.perSecond(), held, opened.failures().isEmpty() ? "" : ", failed: " + opened.failures(),
          dropped.isEmpty() ? "" : ", dropped: " + dropped);
    }
    out.flush();
  }

  private enum Ignore implements Member.Events {
    ALL;

    @Override
    public void message(ByteBuf bytes, int from, int to) {
      // Somebody else's traffic on the topic.
    }

    @Override
    public void error(String reason) {
      // An idle connection asks nothing.
    }
  }
}
