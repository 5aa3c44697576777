package io.vestibule.node.cli;

import io.vestibule.node.process.NodeProcess;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Runs a node until it is told to stop. */
@Command(
    name = "run",
    description = "Runs a node until SIGTERM or SIGINT (ctrl-c).%nThe first signal stops it in good order within node.shutdown-timeout, a second one at once.%n",
    footer = {
      "",
      "Examples:",
      "  java -jar vestibule.jar run",
      "  java -jar vestibule.jar run --roles gateway --port 8081",
      "  java -jar vestibule.jar run --conf /etc/vestibule.yaml --set log.format=json",
      "  VESTIBULE_AUTH_JWT_SECRET=... java -jar vestibule.jar run --set gateway.http.host=0.0.0.0"
    })
final class RunCommand implements Callable<Integer> {
  @Mixin private final NodeOptions options;

  RunCommand(Map<String, String> environment) {
    this.options = new NodeOptions(environment);
  }

  @Override
  public Integer call() {
    return run(options);
  }

  static int run(NodeOptions options) {
    return NodeProcess.run(options.load());
  }
}
