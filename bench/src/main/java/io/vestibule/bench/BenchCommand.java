package io.vestibule.bench;

import io.vestibule.bench.bare.BareServer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * {@code vestibule.jar bench}: a load client for any server that speaks the core dialect, and the comparison with a bare Vert.x server.
 * All of it exits with 0 when all went well, 1 when a connection failed, a message (a waiter) was lost, doubled or out of order, or somebody
 * was told wrongly who is there or did not get back what it had missed, and 2 when the command line is wrong.
 */
@Command(name = "bench", mixinStandardHelpOptions = true,
    description = "Measure a server: open connections, fan messages out, count every one.%nWithout a command it does what 'fanout' does.%n",
    subcommands = {FanoutCommand.class, IdleCommand.class, LineCommand.class, PresenceCommand.class, DurableCommand.class, ResumeCommand.class, CompareCommand.class, AdmissionCommand.class, BareServer.class})
public final class BenchCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private FanoutOptions options;

  @Override
  public Integer call() throws InterruptedException {
    return options.run(spec);
  }
}
