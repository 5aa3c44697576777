package io.vestibule.node.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The command itself; without a subcommand it runs a node. */
@Command(
    name = "vestibule",
    description = "A self-hosted, clustered real-time gateway with a fair waiting line at the door.%nWithout a command it runs a node, as 'run' does.%n",
    commandListHeading = "%nCommands:%n",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done; a node: stopped in good order",
      "1:bench: what it measured is not as it should be, or the server did not answer",
      "2:the command line is wrong",
      "69:something needed is not available: a port is in use, the node that token or drain asks does not answer",
      "70:the node failed, or could not stop in time",
      "77:the token does not permit it",
      "78:the configuration is wrong",
      "130, 143:a second SIGINT or SIGTERM ended the process at once"
    },
    footer = {
      "",
      "Examples:",
      "  java -jar vestibule.jar                            a node with all roles on 127.0.0.1:8080, for trying out",
      "  java -jar vestibule.jar --port 8081                a second one, which joins the first by itself",
      "  java -jar vestibule.jar default-config > my.yaml   every key there is, explained",
      "  java -jar vestibule.jar COMMAND --help             more about a command"
    })
final class VestibuleCommand implements Callable<Integer> {
  @Mixin private final NodeOptions options;

  VestibuleCommand(Map<String, String> environment) {
    this.options = new NodeOptions(environment);
  }

  @Override
  public Integer call() {
    return RunCommand.run(options);
  }
}
