package io.vestibule.bench.compare;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How the servers of a comparison are started: from the same jar, on the same JVM with the same options and the same number of event loops.
 * Vestibule runs as it comes, with every defence on; it is only given a secret, ports, and a cluster name under which it is alone.
 *
 * @param java the JVM's launcher
 * @param jar vestibule.jar
 * @param jvmOptions for both
 * @param instances event loops that serve sockets, for both; 0: one for each processor
 * @param secret what Vestibule verifies tokens with
 * @param settings further {@code --set} entries for Vestibule
 */
public record Launch(
    Path java, Path jar, List<String> jvmOptions, int instances, String secret, List<String> settings) {

  /** The same with other settings. */
  public Launch with(List<String> others) {
    return new Launch(java, jar, jvmOptions, instances, secret, List.copyOf(others));
  }

  /** The command line of a server on a port. */
  List<String> command(ServerKind kind, int port) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(java.toString());
    command.addAll(jvmOptions);
    command.addAll(List.of("-jar", jar.toString()));
    switch (kind) {
      case BARE -> command.addAll(List.of("bench", "bare-server", "--port", "" + port, "--instances", "" + instances));
      case VESTIBULE -> {
        command.addAll(List.of("run", "--port", "" + port));
        set(command, "gateway.instances=" + instances);
        set(command, "auth.jwt.secret=" + secret);
        set(command, "cluster.name=bench-" + port);
        set(command, "cluster.port=" + freePort());
        settings.forEach(setting -> set(command, setting));
      }
    }
    return command;
  }

  /** A port of 127.0.0.1 that nobody listens on at the moment. */
  static int freePort() throws IOException {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    }
  }

  private static void set(List<String> command, String setting) {
    command.add("--set");
    command.add(setting);
  }
}
