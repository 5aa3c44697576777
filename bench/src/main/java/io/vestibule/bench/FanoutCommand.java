package io.vestibule.bench;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code bench fanout}: N subscribers of one topic, P publishers, an open loop at a rate; every delivery is counted and timed. */
@Command(name = "fanout", mixinStandardHelpOptions = true,
    description = "N connections subscribe to a topic, P publish at a rate; prints deliveries, losses and latency.")
final class FanoutCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private FanoutOptions options;

  @Override
  public Integer call() throws InterruptedException {
    return options.run(spec);
  }
}
