package io.vestibule.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.systemtests.harness.Client;
import io.vestibule.systemtests.harness.ListeningSockets;
import io.vestibule.systemtests.harness.Nodes;
import io.vestibule.systemtests.harness.Stream;
import io.vestibule.systemtests.harness.VestibuleProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Bytes of strangers on the two ports that nodes talk to each other on, while the nodes work. What such bytes could bring to life is tested in the module
 * {@code cluster}; here it is whole nodes, which must not notice.
 */
class StrangerIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  /** Far more than strangers may cost, and far less than the time after which a node is taken for dead. */
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(5);
  private static final long SEED = 20_261_120;
  private static final int CONNECTIONS = 50;
  private static final int RANDOM_BYTES = 4_096;
  /** Nested so deep, and each level twice, a set takes longer than the universe has been there to be read back. */
  private static final int DEPTH = 100;

  @RegisterExtension final Nodes nodes = new Nodes();

  @Test
  void strangersBytesOnTheClusterPortsHarmNothing() throws Exception {
    int busPort = nodes.freePort();
    // What has piled up while the machine stood still comes at once, and is not too much.
    VestibuleProcess attacked = nodes.start("attacked", "--set", "cluster.bus-port=" + busPort, "--set", "gateway.limits.messages-per-second=0");
    VestibuleProcess other = nodes.start("other", "--set", "gateway.limits.messages-per-second=0");
    nodes.awaitOneCluster(List.of(attacked, other), LIMIT);
    assertListensOnLoopbackAlone(attacked, nodes.clusterPort(), busPort);
    assertListensOnLoopbackAlone(other, nodes.clusterPort() + 1);
    Client reader = nodes.connect(attacked, "reader").subscribe("news.**");
    Client otherReader = nodes.connect(other, "reader").subscribe("news.**");
    List<Socket> strangers = new ArrayList<>();
    try (Stream to = Stream.start(nodes.connect(other, "publisher"), "news.to");
        Stream from = Stream.start(nodes.connect(attacked, "publisher"), "news.from")) {
      to.awaitNew(reader, LIMIT);
      long started = System.nanoTime();

      for (int port : List.of(nodes.clusterPort(), busPort)) {
        strangers.addAll(attack(port));
      }
      to.awaitNew(reader, LIMIT);
      from.awaitNew(otherReader, LIMIT);

      assertThat(to.longestSilence(reader, started)).isLessThan(LONGEST_SILENCE.plus(to.longestPause().multipliedBy(2)));
      nodes.awaitOneCluster(List.of(attacked, other), LIMIT);
      nodes.awaitReady(List.of(attacked, other), LIMIT);
      to.stop();
      from.stop();
      to.assertCompleteAt(reader, 1);
      from.assertCompleteAt(otherReader, 1);
      assertThat(attacked.printed(line -> line.contains("\"level\":\"ERROR\""))).as(attacked.output()).isZero();
    } finally {
      for (Socket stranger : strangers) {
        stranger.close();
      }
    }
  }

  /** The door for clients, and two ports for the other nodes, which nobody of another machine comes to where no address was configured. */
  private static void assertListensOnLoopbackAlone(VestibuleProcess node, Integer... known) throws IOException {
    if (!ListeningSockets.areKnown()) {
      return;
    }
    int door = node.socketUrl().getPort();
    Set<InetSocketAddress> listening = ListeningSockets.of(node);
    List<InetSocketAddress> cluster = listening.stream().filter(socket -> socket.getPort() != door).toList();
    assertThat(listening).as("sockets of %s", node.name()).hasSize(3);
    assertThat(cluster).hasSize(2).allMatch(socket -> socket.getAddress().isLoopbackAddress()).extracting(InetSocketAddress::getPort).contains(known);
  }

  /** Sends and does not hang up: what waits for more must not be in anybody's way either. */
  private static List<Socket> attack(int port) throws IOException {
    List<Socket> sockets = new ArrayList<>();
    Random random = new Random(SEED);
    for (int i = 0; i < CONNECTIONS; i++) {
      byte[] noise = new byte[RANDOM_BYTES];
      random.nextBytes(noise);
      sockets.add(send(port, noise));
    }
    byte[] objects = bomb();
    sockets.add(send(port, objects));
    sockets.add(send(port, concatenated("HZC".getBytes(StandardCharsets.US_ASCII), objects)));
    sockets.add(send(port, concatenated(ByteBuffer.allocate(Integer.BYTES).putInt(objects.length).array(), objects)));
    sockets.add(send(port, "GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
    return sockets;
  }

  private static Socket send(int port, byte[] bytes) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    try {
      socket.getOutputStream().write(bytes);
    } catch (IOException hungUpOn) {
      // The best of answers.
    }
    return socket;
  }

  private static byte[] bomb() throws IOException {
    Set<Object> root = new HashSet<>();
    Set<Object> left = root;
    Set<Object> right = new HashSet<>();
    for (int i = 0; i < DEPTH; i++) {
      Set<Object> nextLeft = new HashSet<>();
      Set<Object> nextRight = new HashSet<>(Set.of("told apart"));
      left.add(nextLeft);
      left.add(nextRight);
      right.add(nextLeft);
      right.add(nextRight);
      left = nextLeft;
      right = nextRight;
    }
    var bytes = new ByteArrayOutputStream();
    try (var out = new ObjectOutputStream(bytes)) {
      out.writeObject(root);
    }
    return bytes.toByteArray();
  }

  private static byte[] concatenated(byte[] first, byte[] second) {
    return ByteBuffer.allocate(first.length + second.length).put(first).put(second).array();
  }
}
