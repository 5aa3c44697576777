package io.vestibule.gateway;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What Linux holds for TCP connections ({@code /proc/net/tcp}; proc(5)), which outlives the sockets of a process. */
final class KernelSockets {
  private static final List<Path> TABLES = List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));
  private static final int LOCAL = 1;
  private static final int REMOTE = 2;
  private static final int STATE = 3;
  private static final int QUEUES = 4;

  private KernelSockets() {}

  /** One end of a connection: its state (1 established, 4 and 5 FIN_WAIT) and the bytes that the peer has not taken yet. */
  record End(int state, long unsent) {}

  /** Whether this machine has the tables. */
  static boolean areKnown() {
    return Files.isReadable(TABLES.get(0));
  }

  /** The end that has these ports, if the kernel still has it. */
  static Optional<End> find(int localPort, int remotePort) {
    return TABLES.stream().filter(Files::isReadable).flatMap(KernelSockets::lines).map(line -> line.strip().split("\\s+"))
        .filter(row -> hasPort(row[LOCAL], localPort) && hasPort(row[REMOTE], remotePort))
        .map(row -> new End(Integer.parseInt(row[STATE], 16), Long.parseLong(row[QUEUES].split(":")[0], 16))).findFirst();
  }

  private static Stream<String> lines(Path table) {
    try {
      return Files.readAllLines(table).stream().skip(1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean hasPort(String address, int port) {
    return address.endsWith(String.format(Locale.ROOT, ":%04X", port));
  }
}
