package io.vestibule.systemtests.harness;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Where a process listens for TCP connections, as Linux tells it (proc(5): {@code /proc/PID/net/tcp} for all of its network, {@code /proc/PID/fd} for which of them are its own). */
public final class ListeningSockets {
  private static final String LISTEN = "0A";
  private static final int LOCAL = 1;
  private static final int STATE = 3;
  private static final int INODE = 9;

  private ListeningSockets() {}

  /** Whether this machine tells. */
  public static boolean areKnown() {
    return Files.isReadable(Path.of("/proc/self/net/tcp"));
  }

  /** Those of a node. */
  public static Set<InetSocketAddress> of(VestibuleProcess node) throws IOException {
    Path process = Path.of("/proc", Long.toString(node.pid()));
    Set<String> own = sockets(process.resolve("fd"));
    Set<InetSocketAddress> listening = new HashSet<>();
    for (String table : List.of("tcp", "tcp6")) {
      Path file = process.resolve("net").resolve(table);
      for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
        String[] row = line.strip().split("\\s+");
        if (row[STATE].equals(LISTEN) && own.contains("socket:[" + row[INODE] + "]")) {
          listening.add(address(row[LOCAL]));
        }
      }
    }
    return listening;
  }

  private static Set<String> sockets(Path descriptors) throws IOException {
    Set<String> links = new HashSet<>();
    try (Stream<Path> all = Files.list(descriptors)) {
      for (Path descriptor : all.toList()) {
        try {
          links.add(Files.readSymbolicLink(descriptor).toString());
        } catch (NoSuchFileException closedMeanwhile) {
          // Not one that it listens on.
        }
      }
    }
    return links;
  }

  /** {@code 0100007F:1F90}: the address in words of 32 bits, each as it lies in memory; the port as it is read. */
  private static InetSocketAddress address(String text) throws IOException {
    String[] parts = text.split(":");
    ByteBuffer words = ByteBuffer.wrap(HexFormat.of().parseHex(parts[0]));
    ByteBuffer bytes = ByteBuffer.allocate(words.capacity()).order(ByteOrder.nativeOrder());
    while (words.hasRemaining()) {
      bytes.putInt(words.getInt());
    }
    return new InetSocketAddress(InetAddress.getByAddress(bytes.array()), Integer.parseInt(parts[1], 16));
  }
}
