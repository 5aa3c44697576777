package io.vestibule.node.process;

import io.vestibule.node.config.VestibuleConfig;
import java.util.OptionalInt;

/** Where a node can be reached, as somebody at its console would type it. */
final class Urls {
  private Urls() {}

  /** The gateway's URL, or that of operations' own port, or nothing. */
  static String of(VestibuleConfig config, OptionalInt gatewayPort, OptionalInt operationsPort) {
    if (gatewayPort.isPresent()) {
      var http = config.gateway().http();
      return url(http.tls().enabled() ? "https" : "http", http.host(), gatewayPort.getAsInt());
    }
    return operationsPort.isPresent() ? url("http", config.operations().httpHost(), operationsPort.getAsInt()) + "/health" : "";
  }

  private static String url(String scheme, String host, int port) {
    return scheme + "://" + (host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host) + ":" + port;
  }
}
