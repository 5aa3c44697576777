package io.vestibule.cluster.hazelcast;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Finds the addresses where something listens and says nothing. A node that looks for others waits for such a listener's vote
 * for minutes; whoever refuses the connection, closes it or answers in another protocol is crossed off at once.
 */
final class SilentPorts {
  private static final byte[] GREETING = "HZC".getBytes(StandardCharsets.US_ASCII);

  private SilentPorts() {}

  /**
   * Greets all addresses as a member would.
   *
   * @param patience how long an answer may take; a node that is just starting has bound its port a moment before it answers
   * @return those that took the connection and neither answered nor closed it; comes back early when there are none
   */
  static Set<SocketAddress> among(List<InetSocketAddress> addresses, Duration patience) {
    Set<SocketAddress> silent = new HashSet<>();
    try (Selector selector = Selector.open()) {
      for (InetSocketAddress address : addresses) {
        connect(selector, address);
      }
      long deadline = System.nanoTime() + patience.toNanos();
      while (!selector.keys().isEmpty() && System.nanoTime() < deadline) {
        selector.select(key -> proceed(key, silent), Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
        selector.selectNow();
      }
      for (SelectionKey key : Set.copyOf(selector.keys())) {
        key.channel().close();
      }
    } catch (IOException noSelector) {
      return Set.of();
    }
    return silent;
  }

  private static void connect(Selector selector, InetSocketAddress address) {
    try {
      SocketChannel channel = SocketChannel.open();
      channel.configureBlocking(false);
      channel.connect(address);
      channel.register(selector, SelectionKey.OP_CONNECT, address);
    } catch (IOException unreachable) {
      // Nobody there: that is the good case.
    }
  }

  private static void proceed(SelectionKey key, Set<SocketAddress> silent) {
    SocketChannel channel = (SocketChannel) key.channel();
    SocketAddress address = (SocketAddress) key.attachment();
    try {
      if (key.isConnectable() && channel.finishConnect()) {
        silent.add(address);
        channel.write(ByteBuffer.wrap(GREETING));
        key.interestOps(SelectionKey.OP_READ);
      } else if (key.isReadable()) {
        channel.read(ByteBuffer.allocate(GREETING.length));
        silent.remove(address);
        channel.close();
      }
    } catch (IOException refused) {
      silent.remove(address);
      key.cancel();
    }
  }
}
