package io.vestibule.node.runtime;

import io.vestibule.node.config.Role;
import io.vestibule.node.config.VestibuleConfig;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** What operators call a node. */
final class NodeName {
  private NodeName() {}

  /** The configured name, or one that is most likely unique: the host's and the HTTP port, or the process id where no port is fixed. */
  static String of(VestibuleConfig config) {
    if (!config.node().name().isEmpty()) {
      return config.node().name();
    }
    int port = config.gateway().http().port();
    return host() + (config.node().runs(Role.GATEWAY) && port > 0 ? ":" + port : "-" + ProcessHandle.current().pid());
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }
}
