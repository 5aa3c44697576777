package io.vestibule.cluster;

import static io.vestibule.cluster.TestCluster.await;
import static io.vestibule.cluster.TestCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.internal.nio.Packet;
import com.hazelcast.internal.nio.PacketIOHelper;
import com.hazelcast.internal.serialization.impl.DefaultSerializationServiceBuilder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.message.HealthQuery;
import io.vestibule.contract.message.HealthReport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What anybody may send to the cluster's two ports: it runs nothing, and the cluster goes on. */
class StrangersBytesIT {
  private static TestCluster cluster;
  private static ClusterNode nodeA;
  private static ClusterNode nodeB;
  private static Bus a;
  private static ClusterView seenByA;
  private static ClusterView seenByB;

  @BeforeAll
  static void start() {
    cluster = new TestCluster();
    nodeA = cluster.start("a", "gateway");
    nodeB = cluster.start("b", "gateway");
    a = new Bus(nodeA.vertx(), TestCluster.PATIENCE, new SimpleMeterRegistry());
    Bus b = new Bus(nodeB.vertx(), TestCluster.PATIENCE, new SimpleMeterRegistry());
    await(b.serve(Addresses.health("x", "b"), (query, correlationId) -> Future.succeededFuture(new HealthReport(true, "{}"))));
    await(b.serveJson(Addresses.PUBLISH, (body, correlationId) -> Future.succeededFuture(new JsonObject())));
    // A newcomer tells who it is a moment after it has joined.
    eventually(() -> nodeA.membership().view().nodes().size() == 2 && nodeB.membership().view().nodes().size() == 2);
    seenByA = nodeA.membership().view();
    seenByB = nodeB.membership().view();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @BeforeEach
  void reset() {
    Gadget.RAN.set(0);
  }

  @Test
  void objectsOnTheGridPortRunNothing() throws IOException {
    for (Object gadget : List.of(new Gadget.Java(), new Gadget.External(), new Gadget.Data())) {
      try (Socket socket = send(nodeB.port(), gridMessage(gadget))) {
        theClusterGoesOn();
      }
    }
    assertThat(Gadget.RAN).hasValue(0);
  }

  /** The same bytes do run code in a member with Hazelcast's own defaults: the test above could fail. */
  @Test
  void theSameObjectsDoRunInAnUnfencedMember() throws IOException {
    Config defaults = new Config().setClusterName("unfenced").setProperty("hazelcast.phone.home.enabled", "false")
        .setProperty("hazelcast.socket.bind.any", "false");
    defaults.getNetworkConfig().setPort(nodeA.port() + 10_000).getInterfaces().setEnabled(true).addInterface("127.0.0.1");
    defaults.getNetworkConfig().getJoin().getAutoDetectionConfig().setEnabled(false);
    HazelcastInstance unfenced = Hazelcast.newHazelcastInstance(defaults);
    try {
      int port = unfenced.getCluster().getLocalMember().getAddress().getPort();
      for (Object gadget : List.of(new Gadget.Java(), new Gadget.External(), new Gadget.Data())) {
        int before = Gadget.RAN.get();
        try (Socket socket = send(port, gridMessage(gadget))) {
          eventually(() -> Gadget.RAN.get() > before);
        }
      }
    } finally {
      unfenced.shutdown();
    }
  }

  @Test
  void objectsOnTheBusPortRunNothing() throws IOException {
    for (Buffer body : List.of(javaBody(), clusterBody())) {
      try (Socket socket = send(busPort(nodeB.vertx()), body.getBytes())) {
        theClusterGoesOn();
      }
    }
    assertThat(Gadget.RAN).hasValue(0);
  }

  @Test
  void theSameObjectsDoRunOnABusThatAcceptsThem() throws IOException {
    HazelcastClusterManager manager = new HazelcastClusterManager(
        io.vestibule.cluster.hazelcast.HazelcastSettings.of(new TestCluster().config()));
    Vertx open = await(Vertx.builder().with(new io.vertx.core.VertxOptions().setEventBusOptions(
        new io.vertx.core.eventbus.EventBusOptions().setHost("127.0.0.1"))).withClusterManager(manager).buildClustered());
    try {
      open.eventBus().serializableChecker(name -> true).clusterSerializableChecker(name -> true);
      await(open.eventBus().consumer(Addresses.PUBLISH.name(), message -> message.body()).completion());
      for (Buffer body : List.of(javaBody(), clusterBody())) {
        int before = Gadget.RAN.get();
        try (Socket socket = send(manager.getNodeInfo().port(), body.getBytes())) {
          eventually(() -> Gadget.RAN.get() > before);
        }
      }
    } finally {
      await(open.close());
    }
  }

  @Test
  void noiseHarmsNothing() throws IOException {
    Random random = new Random(42);
    for (int port : new int[] {nodeB.port(), busPort(nodeB.vertx())}) {
      for (int i = 0; i < 60; i++) {
        byte[] noise = new byte[1 + random.nextInt(4000)];
        random.nextBytes(noise);
        if (i % 3 == 1) {
          System.arraycopy("HZC".getBytes(StandardCharsets.US_ASCII), 0, noise, 0, Math.min(3, noise.length));
        } else if (i % 3 == 2 && noise.length > 8) {
          ByteBuffer.wrap(noise).putInt(noise.length - 4).put((byte) 2).put((byte) random.nextInt(20));
        }
        send(port, noise).close();
      }
      theClusterGoesOn();
    }
    for (String http : List.of("GET / HTTP/1.1\r\nHost: x\r\n\r\n", "CP2", "JSN")) {
      send(nodeB.port(), http.getBytes(StandardCharsets.US_ASCII)).close();
    }
    theClusterGoesOn();
    assertThat(nodeA.membership().view()).as("nobody left, not even for a moment").isEqualTo(seenByA);
    assertThat(nodeB.membership().view()).isEqualTo(seenByB);
    assertThat(Gadget.RAN).hasValue(0);
  }

  private static void theClusterGoesOn() {
    for (int i = 0; i < 3; i++) {
      assertThat(await(a.request(Addresses.health("x", "b"), new HealthQuery(), "c")).healthy()).isTrue();
      assertThat(await(a.requestJson(Addresses.PUBLISH, new JsonObject(), "c"))).isEqualTo(new JsonObject());
    }
  }

  private static Socket send(int port, byte[] bytes) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
    return socket;
  }

  /** An operation packet, as members send them, whose payload is this object. */
  private static byte[] gridMessage(Object payload) {
    byte[] data = new DefaultSerializationServiceBuilder().build().toBytes(payload);
    ByteBuffer bytes = ByteBuffer.allocate(data.length + 100);
    bytes.put("HZC".getBytes(StandardCharsets.US_ASCII));
    new PacketIOHelper().writeTo(new Packet(data, -1).setPacketType(Packet.Type.OPERATION), bytes);
    byte[] exact = new byte[bytes.position()];
    bytes.flip();
    bytes.get(exact);
    return exact;
  }

  private static Buffer javaBody() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(new Gadget.Java());
    }
    return busMessage(17, Buffer.buffer().appendInt(bytes.size()).appendBytes(bytes.toByteArray()));
  }

  private static Buffer clusterBody() {
    byte[] name = Gadget.Cluster.class.getName().getBytes(StandardCharsets.UTF_8);
    return busMessage(16, Buffer.buffer().appendInt(name.length).appendBytes(name));
  }

  /** A message of the event bus between nodes, with one of its built-in codecs. */
  private static Buffer busMessage(int codec, Buffer body) {
    Buffer message = Buffer.buffer().appendByte((byte) 2).appendByte((byte) codec).appendByte((byte) 0);
    for (String text : List.of(Addresses.PUBLISH.name(), "__vertx.reply.x", "stranger")) {
      message.appendInt(text.length()).appendString(text);
    }
    message.appendInt(4).appendBuffer(body);
    return Buffer.buffer().appendInt(message.length()).appendBuffer(message);
  }

  private static int busPort(Vertx vertx) {
    return ((io.vertx.core.internal.VertxInternal) vertx).clusterManager().getNodeInfo().port();
  }
}
