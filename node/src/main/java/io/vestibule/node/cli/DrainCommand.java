package io.vestibule.node.cli;

import io.vertx.core.json.JsonObject;
import io.vestibule.contract.config.DurationText;
import io.vestibule.node.process.ExitCode;
import io.vestibule.node.process.ProcessFailure;
import java.io.PrintWriter;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Empties a node of its clients, or puts it back to work. */
@Command(
    name = "drain",
    description = "Empties a node before it is stopped: it takes no new sessions, sends its clients to the other nodes%n"
        + "(they keep slot, topics and place), and closes what is left at the deadline. It goes on running.%n"
        + "SIGTERM does the same by itself, within a third of node.shutdown-timeout; drain first to give people more time.%n",
    footer = {
      "",
      "Needs the token of an operator (admin: true), with --token or in VESTIBULE_TOKEN.",
      "",
      "Exit codes: 0 done; 2 the command line is wrong, or there is no such node; 69 the node does not answer, or some",
      "of a cluster's do not; 77 the token is not an operator's.",
      "",
      "Examples:",
      "  export VESTIBULE_TOKEN=$(java -jar vestibule.jar token --sub ops --admin --conf my.yaml)",
      "  java -jar vestibule.jar drain --url http://10.0.0.1:8080                    this node, within 60 s",
      "  java -jar vestibule.jar drain --url http://10.0.0.1:8080 --node node-2 --deadline 5m",
      "  java -jar vestibule.jar drain --url http://10.0.0.1:8080 --undo             it serves again",
      "  java -jar vestibule.jar drain --url http://10.0.0.1:8080 --cluster          nobody joins; who waits keeps the place"
    })
final class DrainCommand implements Callable<Integer> {
  private static final String TOKEN = "VESTIBULE_TOKEN";

  private final Map<String, String> environment;
  @Spec private CommandSpec spec;

  @Option(names = "--url", required = true, paramLabel = "URL", description = "Any node of the cluster (required).")
  private URI url;

  @Option(names = "--token", paramLabel = "JWT", description = "An operator's token. Default: " + TOKEN + " of the environment, which process lists do not show.")
  private String token;

  @Option(names = "--node", paramLabel = "NODE", description = "Name or id of the node. Default: the one at --url.")
  private String node;

  @Option(names = "--deadline", paramLabel = "DURATION", description = "When what is left is closed: 0s to 1h. Default: 60s.")
  private String deadline;

  @Option(names = "--cluster", description = "All nodes.")
  private boolean cluster;

  @Option(names = "--undo", description = "Serves again.")
  private boolean undo;

  DrainCommand(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() {
    JsonObject answer = new OperatorCall(url, token()).post(undo ? "undrain" : "drain", body());
    PrintWriter out = spec.commandLine().getOut();
    answer.getJsonArray("nodes").stream().map(JsonObject.class::cast).forEach(done -> out.println(
        done.getString("name") + (undo ? " serves again; " : " drains until " + answer.getString("deadline") + "; ") + done.getValue("connections") + " connections"));
    String silent = answer.getJsonArray("unreachable").stream().map(String::valueOf).collect(Collectors.joining(", "));
    if (!silent.isEmpty()) {
      throw new ProcessFailure(ExitCode.UNAVAILABLE, "no answer from " + silent + "; run the command again");
    }
    return ExitCode.OK;
  }

  private String token() {
    String given = token == null ? environment.getOrDefault(TOKEN, "") : token;
    if (given.isBlank()) {
      throw new ParameterException(spec.commandLine(), "an operator's token is needed: --token, or " + TOKEN + " in the environment");
    }
    return given.strip();
  }

  private JsonObject body() {
    if (cluster && node != null) {
      throw new ParameterException(spec.commandLine(), "of --node and --cluster only one can be meant");
    }
    if (undo && deadline != null) {
      throw new ParameterException(spec.commandLine(), "--undo has no --deadline");
    }
    var body = new JsonObject();
    if (cluster) {
      body.put("cluster", true);
    }
    if (node != null) {
      body.put("node", node);
    }
    if (deadline != null) {
      body.put("deadline", checked(deadline));
    }
    return body;
  }

  private String checked(String text) {
    try {
      DurationText.parse(text);
      return text;
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--deadline '" + text + "' is not " + e.getMessage(), e);
    }
  }
}
