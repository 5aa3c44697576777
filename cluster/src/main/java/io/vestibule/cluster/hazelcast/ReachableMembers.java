package io.vestibule.cluster.hazelcast;

import com.hazelcast.config.TcpIpConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;

/**
 * The members that a running node looks for when it searches for the other half of a partition: each time those of the configured that take a
 * connection just then. Hazelcast asks them one after the other and waits 5 s for each that does not answer, in an order of its own; with twenty
 * ports of which two are nodes, a node that had been frozen would find the others after more than a minute.
 */
final class ReachableMembers extends TcpIpConfig {
  private static final int PATIENCE_MILLIS = 500;

  ReachableMembers(List<String> members) {
    setEnabled(true);
    setMembers(members);
  }

  /** Connects to each, so it may take a while where hosts are down; called on a thread of Hazelcast's that does nothing else. */
  @Override
  public List<String> getMembers() {
    return super.getMembers().stream().filter(ReachableMembers::mayBeThere).toList();
  }

  /** A host alone stands for several ports, which are Hazelcast's to try. */
  private static boolean mayBeThere(String member) {
    int colon = member.lastIndexOf(':');
    return colon < 0 || answers(member.substring(0, colon), Integer.parseInt(member.substring(colon + 1)));
  }

  private static boolean answers(String host, int port) {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), PATIENCE_MILLIS);
      return true;
    } catch (IOException nobody) {
      return false;
    }
  }
}
