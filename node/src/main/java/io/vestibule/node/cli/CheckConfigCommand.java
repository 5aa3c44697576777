package io.vestibule.node.cli;

import io.vestibule.node.process.ExitCode;
import io.vestibule.node.process.FileCheck;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Says whether a configuration can be used. */
@Command(
    name = "check-config",
    description = "Checks the configuration that 'run' would use with the same options, without starting anything.%n"
        + "Tells every problem at once and ends with 78 if there is one; warnings do not count.%n"
        + "Keys and certificates that it names are read; a key set behind a URL is not asked for.%n",
    footer = {
      "",
      "Examples:",
      "  java -jar vestibule.jar check-config --conf my.yaml",
      "  java -jar vestibule.jar check-config --conf my.yaml --set cluster.host=10.0.0.7"
    })
final class CheckConfigCommand implements Callable<Integer> {
  @Mixin private final NodeOptions options;
  @Spec private CommandSpec spec;

  CheckConfigCommand(Map<String, String> environment) {
    this.options = new NodeOptions(environment);
  }

  @Override
  public Integer call() {
    var config = options.load();
    FileCheck.of(config);
    config.warnings().forEach(warning -> spec.commandLine().getErr().println("vestibule: warning: " + warning));
    spec.commandLine().getOut().println(config.developmentMode()
        ? "The configuration can be used. No auth is set: the node will run in development mode, on loopback only."
        : "The configuration can be used.");
    return ExitCode.OK;
  }
}
