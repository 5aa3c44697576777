package io.vestibule.node.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options that say what a node is to be. */
final class NodeOptions extends ConfigOptions {
  @Option(names = "--roles", paramLabel = "ROLES",
      description = "What the node runs, of gateway, presence, admission, metrics; the same as --set node.roles=ROLES. Default: all.")
  private String roles;

  @Option(names = "--port", paramLabel = "PORT", description = "The HTTP port, 0 for any free one; the same as --set gateway.http.port=PORT.")
  private String port;

  NodeOptions(Map<String, String> environment) {
    super(environment);
  }

  @Override
  List<String> shortcuts() {
    var shortcuts = new ArrayList<String>();
    if (roles != null) {
      shortcuts.add("node.roles=" + roles);
    }
    if (port != null) {
      shortcuts.add("gateway.http.port=" + port);
    }
    return shortcuts;
  }
}
