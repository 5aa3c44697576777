package io.vestibule.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.LONG;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A peer that stops reading while its queue fills: it is gone in seconds, with its memory, and the others notice nothing. */
class SlowConsumerIT {
  private static final int BUFFER = 256 * 1024;
  private static final Duration STALL = Duration.ofSeconds(5);
  /** What the server promises for a patience of 10 s, and as much of it for the one here. */
  private static final Duration SHIPPED_GONE = Duration.ofSeconds(15);
  private static final Duration GONE = STALL.multipliedBy(3).dividedBy(2);
  /** So many things happen one after the other until a peer is gone, each of which the machine may hold up. */
  private static final int STEPS = 5;
  private static final String PAD = "x".repeat(10_000);

  private GatewayFixture gateway;

  @BeforeEach
  void start() {
    gateway = start(STALL);
  }

  private static GatewayFixture start(Duration stall) {
    return GatewayFixture.start(config -> {
      config.instances = 1;
      config.outboundBuffer = BUFFER;
      config.stallTimeout = stall;
      config.topic("disconnect.**", "authenticated", "authenticated", "disconnect");
      config.topic("drop.**", "authenticated", "authenticated", "drop");
      config.topic("conflate.**", "authenticated", "authenticated", "conflate");
    });
  }

  @AfterEach
  void stop() throws Exception {
    gateway.close();
  }

  /** A peer with a small window, so that what it does not read waits at the server. */
  private RawSocket lazy(String topic) {
    return RawSocket.connect(gateway.port(), 8 * 1024).upgrade("/ws").authenticate(gateway.token("lazy")).subscribe(topic);
  }

  /** Waits until it is gone, which may not take longer than it may, and than the machine held anybody up. */
  private void expectGone(long stoppedNanos) {
    GatewayFixture.until("it is gone", () -> gateway.gauge("vestibule.connections") == 0);
    wasInTime(stoppedNanos, GONE);
  }

  private void wasInTime(long stoppedNanos, Duration may) {
    assertThat(Duration.ofNanos(System.nanoTime() - stoppedNanos)).as("how long it was there").isLessThan(may.plus(gateway.longestLate().multipliedBy(STEPS)));
  }

  private void isCountedAsSlow() {
    GatewayFixture.until("it is counted as too slow", () -> gateway.counter("vestibule.connections.closed", "transport", "websocket", "reason", "slow_consumer") == 1);
  }

  private double slow(String policy) {
    return gateway.counter("vestibule.messages.slow", "policy", policy);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/ws", "/sockjs/websocket"})
  void theKernelForgetsItToo(String path) {
    Assumptions.assumeTrue(KernelSockets.areKnown());
    try (RawSocket lazy = RawSocket.connect(gateway.port(), 8 * 1024).upgrade(path).authenticate(gateway.token("lazy")).subscribe("drop.**")) {
      fill("drop.x", BUFFER / 2);
      long stopped = System.nanoTime();
      assertThat(lazy.otherEnd()).as("megabytes may wait in the kernel").get().extracting(KernelSockets.End::unsent).asInstanceOf(LONG).isPositive();
      expectGone(stopped);
      // Without a reset, the kernel would go on for a quarter of an hour to offer what the peer does not take (FIN_WAIT_1).
      GatewayFixture.until("the kernel holds nothing for it", Duration.ofSeconds(2), () -> lazy.otherEnd().filter(end -> end.unsent() > 0).isEmpty());
      assertThat(lazy.otherEnd()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"disconnect", "drop", "conflate"})
  void whoeverReadsNothingIsGoneWithItsMemory(String policy) {
    try (RawSocket lazy = lazy(policy + ".**"); RawSocket reader = gateway.open("reader").subscribe(policy + ".**")) {
      readUntilGone(reader, policy, GONE);
      assertThat(slow(policy)).isPositive();
      gateway.publish(policy + ".after", "after");
      assertThat(reader.text().json().getString("data")).isEqualTo("after");
      gateway.settle();
      GatewayFixture.until("nothing waits", () -> gateway.waitingBytes() == 0);
      lazy.expectEnd();
    }
  }

  /** A reader that keeps up gets everything, in its order and without delay, until the lazy one is gone, which that has to be in time once its queue is full. */
  private void readUntilGone(RawSocket reader, String policy, Duration may) {
    long worst = 0;
    long full = 0;
    for (int i = 0; gateway.gauge("vestibule.connections") == 2; i++) {
      long sent = System.nanoTime();
      gateway.publish(policy + "." + i % 7, i + PAD);
      assertThat(reader.text().json().getString("data")).startsWith(i + "x");
      worst = Math.max(worst, System.nanoTime() - sent);
      if (full == 0 && slow(policy) > 0) {
        full = System.nanoTime();
      }
      assertThat(Duration.ofNanos(full == 0 ? 0 : System.nanoTime() - full)).isLessThan(GatewayFixture.PATIENCE);
    }
    assertThat(full).as("when its queue was full").isNotZero();
    wasInTime(full, may);
    // Whoever waited with the lazy one would have waited until that was cut off.
    assertThat(Duration.ofNanos(worst)).isLessThan(STALL.minusSeconds(1).plus(gateway.longestLate().multipliedBy(STEPS)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"disconnect", "drop"})
  void withTheShippedSettingsItIsGoneWithinFifteenSeconds(String policy) throws Exception {
    gateway.close();
    // Every limit is what the configuration says by itself.
    gateway = GatewayFixture.start(config -> {
      config.instances = 1;
      config.topic("drop.**", "authenticated", "authenticated", "drop");
    });
    try (RawSocket lazy = lazy(policy + ".**"); RawSocket reader = gateway.open("reader").subscribe(policy + ".**")) {
      readUntilGone(reader, policy, SHIPPED_GONE);
      GatewayFixture.until("nothing waits", () -> gateway.waitingBytes() == 0);
      if (KernelSockets.areKnown()) {
        GatewayFixture.until("nor in the kernel", Duration.ofSeconds(2), () -> lazy.otherEnd().isEmpty());
      }
      isCountedAsSlow();
      lazy.expectEnd();
    }
  }

  @Test
  void whoeverReadsSlowlyIsToldWhyItEnds() throws Exception {
    gateway.close();
    // However slowly it reads, it is not taken for one that reads nothing.
    gateway = start(Duration.ofMinutes(1));
    try (RawSocket slow = lazy("disconnect.a")) {
      int published = 0;
      int read = 0;
      while (slow("disconnect") == 0) {
        for (int i = 0; i < 5; i++) {
          gateway.publish("disconnect.a", published++ + PAD);
        }
        gateway.settle();
        assertThat(slow.text().json().getString("data")).isEqualTo(read++ + PAD);
      }
      List<RawSocket.Received> rest = slow.expectClose(4008, "slow_consumer");
      // What was sent before comes before, and nothing is missing in it.
      for (RawSocket.Received received : rest.subList(0, rest.size() - 3)) {
        assertThat(((RawSocket.Text) received).json().getString("data")).isEqualTo(read++ + PAD);
      }
      assertThat(read).isLessThan(published);
      isCountedAsSlow();
    }
  }

  @Test
  void itsMemoryComesBack() throws Exception {
    // Many times what the allocator keeps for the next time: a few chunks of 8 MiB for each processor.
    int large = 128 << 20;
    try (GatewayFixture roomy = GatewayFixture.start(config -> {
          config.outboundBuffer = large;
          // Not before there is much to give back.
          config.stallTimeout = Duration.ofSeconds(15);
        });
        RawSocket lazy = RawSocket.connect(roomy.port(), 8 * 1024).upgrade("/ws").authenticate(roomy.token("lazy")).subscribe("a")) {
      long before = GatewayFixture.directMemory();
      GatewayFixture.until("much waits", () -> {
        for (int i = 0; i < 20; i++) {
          roomy.publish("a", large());
        }
        roomy.settle();
        return roomy.waitingBytes() >= large / 4 * 3;
      });
      assertThat(GatewayFixture.directMemory()).isGreaterThan(before + large / 3 * 2);
      GatewayFixture.until("it is gone", () -> roomy.gauge("vestibule.connections") == 0);
      GatewayFixture.until("its memory is back", () -> GatewayFixture.directMemory() < before + large / 2);
    }
  }

  @Test
  void aStalledPeerIsGoneThoughItsQueueIsNotFull() {
    try (RawSocket lazy = lazy("drop.**")) {
      // More than the kernels take, less than the buffer.
      fill("drop.x", BUFFER / 2);
      expectGone(System.nanoTime());
      assertThat(slow("drop")).isZero();
    }
  }

  @Test
  void aStalledPeerIsGoneThoughMessagesKeepComing() {
    try (RawSocket lazy = lazy("drop.**")) {
      fill("drop.x", BUFFER / 2);
      long stopped = System.nanoTime();
      GatewayFixture.until("it is gone", () -> {
        gateway.publish("drop.x", "a drop now and then");
        return gateway.gauge("vestibule.connections") == 0;
      });
      wasInTime(stopped, GONE);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatTheKernelTakesInPiecesArrivesWholeAndInOrder(boolean nativeTransport) throws Exception {
    gateway.close();
    gateway = GatewayFixture.start(config -> {
      config.instances = 1;
      config.nativeTransport = nativeTransport;
      // The kernel takes no more before a third of the megabytes that it has are read.
      config.outboundBuffer = 64 << 20;
      config.stallTimeout = GatewayFixture.PATIENCE;
    });
    assertThat(gateway.vertx.isNativeTransportEnabled()).isEqualTo(nativeTransport && KernelSockets.areKnown());
    try (RawSocket late = lazy("a")) {
      int sent = 0;
      int read = 0;
      for (int round = 0; round < 3; round++) {
        while (gateway.waitingBytes() < BUFFER / 2) {
          publish(sent++);
        }
        // More comes while the kernel takes what waits.
        for (int i = 0; i < 500; i++) {
          expect(late, read++);
          publish(sent++);
        }
        while (read < sent) {
          expect(late, read++);
        }
        GatewayFixture.until("nothing waits", () -> gateway.waitingBytes() == 0);
      }
    }
  }

  private void publish(int number) {
    gateway.publish("a", number + PAD);
    gateway.settle();
  }

  private static void expect(RawSocket reader, int number) {
    assertThat(reader.text().json().getString("data")).isEqualTo(number + PAD);
  }

  private static String large() {
    return PAD.repeat(10);
  }

  /** Publishes until so many bytes wait at the server. */
  private void fill(String topic, int bytes) {
    GatewayFixture.until("bytes wait", () -> {
      for (int i = 0; i < 5 && gateway.waitingBytes() < bytes; i++) {
        gateway.publish(topic, PAD);
        gateway.settle();
      }
      return gateway.waitingBytes() >= bytes;
    });
  }

  @Test
  void aConflatedPeerThatReadsAgainGetsTheLatestOfEachTopicInOrder() throws Exception {
    gateway.close();
    // It reads again in time, however long the publishing takes.
    gateway = start(Duration.ofMinutes(1));
    try (RawSocket lazy = lazy("conflate.**")) {
      int published = 0;
      while (slow("conflate") < 200) {
        gateway.publish("conflate." + published % 10, published + PAD);
        gateway.settle();
        published++;
      }
      Map<String, List<Integer>> got = new LinkedHashMap<>();
      List<Integer> all = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        got.put("conflate." + i, new ArrayList<>());
      }
      int last = published - 1;
      while (all.isEmpty() || all.get(all.size() - 1) != last) {
        JsonObject message = lazy.await("message");
        int value = Integer.parseInt(message.getString("data").replace("x", ""));
        got.get(message.getString("topic")).add(value);
        all.add(value);
      }
      assertThat(all).as("in the order of publishing").isSorted();
      assertThat(all.size()).as("not all of them").isLessThan(published - 150);
      for (int i = 0; i < 10; i++) {
        List<Integer> values = got.get("conflate." + i);
        int latest = published - 1 - Math.floorMod(published - 1 - i, 10);
        assertThat(values.get(values.size() - 1)).as("the latest of topic %d", i).isEqualTo(latest);
      }
      // And then it is as before.
      gateway.publish("conflate.0", "now");
      assertThat(lazy.await("message").getString("data")).isEqualTo("now");
    }
  }

  @Test
  void thatSomebodyIsTypingTakesThePlaceOfNoMessage() throws Exception {
    gateway.close();
    gateway = start(Duration.ofMinutes(1));
    try (RawSocket lazy = lazy("conflate.a")) {
      while (slow("conflate") < 1) {
        gateway.publish("conflate.a", PAD);
        gateway.settle();
      }
      gateway.publish("conflate.a", "the last message");
      gateway.settle();
      try (RawSocket typist = gateway.open("typist").subscribe("conflate.a")) {
        typist.send(new JsonObject().put("type", "typing").put("topic", "conflate.a").put("typing", true));
        GatewayFixture.until("there is no room for it", () -> slow("drop") == 1);
      }
      GatewayFixture.until("nor for its end", () -> slow("drop") == 2);
      lazy.await(frame -> "the last message".equals(frame.getValue("data")), "what was published last");
    }
  }

  @Test
  void aMessageLargerThanTheWholeBufferThrowsNobodyOut() {
    try (RawSocket reader = gateway.open("reader").subscribe("disconnect.a").subscribe("conflate.a").subscribe("drop.a")) {
      for (String policy : List.of("disconnect", "drop", "conflate")) {
        gateway.publish(policy + ".a", "x".repeat(BUFFER + 1_000));
        assertThat(reader.text().json().getString("data")).hasSize(BUFFER + 1_000);
        gateway.settle();
      }
    }
  }

  @Test
  void whoeverDoesNotReadItsOwnRepliesIsGone() {
    try (RawSocket lazy = RawSocket.connect(gateway.port(), 8 * 1024).upgrade("/ws").authenticate(gateway.token("lazy"))) {
      // An error echoes its topic.
      String frame = new JsonObject().put("type", "message").put("topic", "*" + "x".repeat(200)).encode();
      long deadline = System.nanoTime() + GatewayFixture.PATIENCE.toNanos();
      GatewayFixture.until("it is gone", () -> {
        for (int i = 0; i < 50 && System.nanoTime() < deadline; i++) {
          if (!lazy.trySend(RawSocket.frame(RawSocket.FIN | RawSocket.TEXT, frame))) {
            break;
          }
        }
        return gateway.gauge("vestibule.connections") == 0;
      });
    }
  }
}
