package io.vestibule.node.cli;

import io.vestibule.node.config.ConfigLoader;
import io.vestibule.node.process.ExitCode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints the configuration that the jar carries. */
@Command(
    name = "default-config",
    description = "Prints every configuration key with its default and an explanation, as a YAML file to begin with.%n",
    footer = {"", "Example:", "  java -jar vestibule.jar default-config > my.yaml"})
final class DefaultConfigCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    var out = spec.commandLine().getOut();
    out.print(ConfigLoader.defaults());
    out.flush();
    return ExitCode.OK;
  }
}
