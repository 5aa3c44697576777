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
 * Greets addresses as a member would, and tells those where something listens and says nothing from those where somebody answers. A node that looks for others waits for a silent listener's vote
 * for minutes, and for a frozen node's when it looks for the other half of a partition; whoever refuses the connection, closes it or answers in another protocol is crossed off at once.
 */
final class SilentPorts {
  private static final byte[] GREETING = "HZC".getBytes(StandardCharsets.US_ASCII);

  private final Set<SocketAddress> silent = new HashSet<>();
  private final Set<SocketAddress> talking = new HashSet<>();

  private SilentPorts() {}

  /**
   * Greets all addresses.
   *
   * @param patience how long an answer may take; a node that is just starting has bound its port a moment before it answers
   * @return those that took the connection and neither answered nor closed it; comes back early when there are none
   */
  static Set<SocketAddress> among(List<InetSocketAddress> addresses, Duration patience) {
    return new SilentPorts().greet(addresses, patience).silent;
  }

  /**
   * Greets all addresses.
   *
   * @return those that answered in time; comes back early when all have
   */
  static Set<SocketAddress> answering(List<InetSocketAddress> addresses, Duration patience) {
    return new SilentPorts().greet(addresses, patience).talking;
  }

  private SilentPorts greet(List<InetSocketAddress> addresses, Duration patience) {
    try (Selector selector = Selector.open()) {
      for (InetSocketAddress address : addresses) {
        connect(selector, address);
      }
      long deadline = System.nanoTime() + patience.toNanos();
      while (!selector.keys().isEmpty() && System.nanoTime() < deadline) {
        selector.select(this::proceed, Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
        selector.selectNow();
      }
      for (SelectionKey key : Set.copyOf(selector.keys())) {
        key.channel().close();
      }
    } catch (IOException noSelector) {
      silent.clear();
    }
    return this;
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

  private void proceed(SelectionKey key) {
    SocketChannel channel = (SocketChannel) key.channel();
    SocketAddress address = (SocketAddress) key.attachment();
    try {
      if (key.isConnectable() && channel.finishConnect()) {
        silent.add(address);
        channel.write(ByteBuffer.wrap(GREETING));
        key.interestOps(SelectionKey.OP_READ);
      } else if (key.isReadable()) {
        silent.remove(address);
        if (channel.read(ByteBuffer.allocate(GREETING.length)) > 0) {
          talking.add(address);
        }
        channel.close();
      }
    } catch (IOException refused) {
      silent.remove(address);
      key.cancel();
    }
  }
}
