package io.vestibule.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.gateway.bridge.BridgeConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What carries a SockJS session whose client does not read is gone with what the kernel keeps for it, also where Vert.x has closed it before: behind each poll, and behind 128 KiB of a stream. */
class SlowStreamIT {
  private static final String ADDRESS = "chat.room";
  private static final int SMALL = 4096;
  private static final Duration STALL = Duration.ofSeconds(4);
  /** The server promises 15 s for a patience of 10: nobody has it twice. */
  private static final Duration GONE = STALL.multipliedBy(2).minusMillis(500);

  private GatewayFixture gateway;

  @BeforeEach
  void start() {
    Assumptions.assumeTrue(KernelSockets.areKnown());
    gateway = start(256 << 10);
  }

  @AfterEach
  void stop() throws Exception {
    if (gateway != null) {
      gateway.close();
    }
  }

  private static GatewayFixture start(long buffer) {
    return GatewayFixture.start(config -> {
      config.bridge = new BridgeConfig(true, List.of(ADDRESS), List.of(ADDRESS), 20, Duration.ofSeconds(30), 64 << 10, 1 << 20);
      config.outboundBuffer = buffer;
      config.stallTimeout = STALL;
      config.topic(ADDRESS, "authenticated", "authenticated", "disconnect");
    });
  }

  /** Instead of the usual one, where somebody is told until it hears: what it is told meanwhile would be too much for the usual buffer. */
  private void roomy() throws Exception {
    gateway.close();
    gateway = start(64 << 20);
  }

  /** A session of one of the endpoints, as its requests. */
  private final class Session {
    private final String path;
    private final String query;
    private final boolean bridge;

    Session(String endpoint) {
      bridge = endpoint.equals("eventbus");
      path = "/" + endpoint + "/000/slow/";
      query = "?token=" + gateway.token("ada");
    }

    Socket ask(String method, String way, String body) throws IOException {
      Socket socket = new Socket();
      socket.setReceiveBufferSize(SMALL);
      socket.setSoTimeout((int) GatewayFixture.PATIENCE.toMillis());
      socket.connect(new InetSocketAddress("127.0.0.1", gateway.port()));
      String head = method + " " + path + way + query + " HTTP/1.1\r\nHost: localhost\r\n";
      socket.getOutputStream().write((head + (body.isEmpty() ? "" : "Content-Length: " + body.length() + "\r\n") + "\r\n" + body).getBytes(StandardCharsets.US_ASCII));
      return socket;
    }

    String poll() throws IOException {
      try (Socket poll = ask("POST", "xhr", "")) {
        return new String(poll.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      }
    }

    /** Polls until something comes that has this in it; what was published before comes first. */
    void expect(String text) throws IOException {
      while (!poll().contains(text)) {
        assertThat(gateway.gauge("vestibule.connections")).as("it is there").isEqualTo(1);
      }
    }

    Socket stream(String way) throws IOException {
      return ask(way.equals("eventsource") ? "GET" : "POST", way, "");
    }

    void listen() throws IOException {
      if (bridge) {
        send(new JsonObject().put("type", "register").put("address", ADDRESS));
      } else {
        send(new JsonObject().put("type", "auth").put("token", gateway.token("ada")));
        send(new JsonObject().put("type", "subscribe").put("topic", ADDRESS));
      }
    }

    private void send(JsonObject frame) throws IOException {
      try (Socket send = ask("POST", "xhr_send", new JsonArray().add(frame.encode()).encode())) {
        assertThat(new String(send.getInputStream().readNBytes(12), StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 204");
      }
    }

    void publish(String text) {
      if (bridge) {
        gateway.vertx.eventBus().publish(ADDRESS, text);
      } else {
        gateway.publish(ADDRESS, text);
      }
    }
  }

  private boolean isKnown(Socket socket) {
    return KernelSockets.find(gateway.port(), socket.getLocalPort()).isPresent();
  }

  private boolean isClosing(Socket socket) {
    return KernelSockets.find(gateway.port(), socket.getLocalPort()).filter(end -> end.state() != 1).isPresent();
  }

  private long unsent(Socket socket) {
    return KernelSockets.find(gateway.port(), socket.getLocalPort()).map(KernelSockets.End::unsent).orElse(0L);
  }

  private void expectGone(Socket socket) {
    GatewayFixture.until("what carried it is gone, with what is kept for it", GONE, () -> !isKnown(socket));
  }

  @ParameterizedTest
  @CsvSource({"sockjs,xhr_streaming", "sockjs,eventsource", "eventbus,xhr_streaming", "eventbus,eventsource"})
  void aStreamThatIsNotReadIsGone(String endpoint, String way) throws Exception {
    var session = new Session(endpoint);
    assertThat(session.poll()).endsWith("o\n\r\n0\r\n\r\n");
    try (Socket stream = session.stream(way)) {
      session.listen();
      GatewayFixture.until("it is too slow", () -> {
        session.publish("x".repeat(50_000));
        return gateway.counter("vestibule.connections.closed", "transport", endpoint.equals("sockjs") ? "sockjs" : "bridge", "reason", "slow_consumer") == 1;
      });
      expectGone(stream);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sockjs", "eventbus"})
  void aStreamThatIsDoneAndNotReadIsGone(String endpoint) throws Exception {
    var session = new Session(endpoint);
    try (Socket stream = session.stream("xhr_streaming")) {
      assertThat(stream.getInputStream().read()).as("the session is open").isEqualTo('H');
      session.listen();
      GatewayFixture.until("Vert.x has done with it", () -> {
        session.publish("x".repeat(50_000));
        return isClosing(stream);
      });
      expectGone(stream);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sockjs", "eventbus"})
  void aPollThatIsNotReadIsGoneAndTheSessionIsNot(String endpoint) throws Exception {
    roomy();
    var session = new Session(endpoint);
    session.poll();
    session.listen();
    if (endpoint.equals("sockjs")) {
      session.expect("auth_success");
    }
    try (Socket unread = session.ask("POST", "xhr", "")) {
      GatewayFixture.until("it is answered", () -> {
        session.publish("x".repeat(100_000));
        return isClosing(unread);
      });
      long lastPoll = System.nanoTime();
      while (isKnown(unread)) {
        session.publish("and on");
        session.expect("and on");
        assertThat(Duration.ofNanos(System.nanoTime() - lastPoll)).isLessThan(GONE);
      }
      session.publish("still there");
      session.expect("still there");
    }
  }

  @Test
  void whoeverReadsInTimeGetsAllOfIt() throws Exception {
    roomy();
    var session = new Session("eventbus");
    session.poll();
    session.listen();
    try (Socket late = session.ask("POST", "xhr", "")) {
      GatewayFixture.until("it is answered", () -> {
        session.publish("x".repeat(200_000));
        return isClosing(late);
      });
      String answer = new String(late.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      assertThat(answer).contains("x".repeat(200_000)).endsWith("0\r\n\r\n");
    }
  }

  @Test
  void aStreamThatTheKernelDoesNotTakeIsGoneThoughAnotherGoesOn() throws Exception {
    roomy();
    var session = new Session("eventbus");
    try (Socket unread = session.stream("xhr_streaming")) {
      assertThat(unread.getInputStream().read()).as("the session is open").isEqualTo('H');
      session.listen();
      GatewayFixture.until("it hears", () -> {
        session.publish("x".repeat(1_000));
        return unsent(unread) > SMALL;
      });
      session.publish("x".repeat(6 << 20));
      GatewayFixture.until("the kernel is full", () -> unsent(unread) > 1 << 20);
      long began = System.nanoTime();
      while (isKnown(unread)) {
        session.publish("and on");
        session.expect("and on");
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(GONE);
      }
      session.publish("still there");
      session.expect("still there");
    }
  }

  @Test
  void aSocketOfTheBridgeThatIsNotReadIsGoneThoughItsBufferIsNotFull() throws Exception {
    roomy();
    try (RawSocket lazy = RawSocket.connect(gateway.port(), SMALL).upgrade("/eventbus/websocket?token=" + gateway.token("ada"))) {
      lazy.send(new JsonObject().put("type", "register").put("address", ADDRESS));
      GatewayFixture.until("it hears", () -> {
        gateway.vertx.eventBus().publish(ADDRESS, "x".repeat(1_000));
        return unsent(lazy.socket()) > 0;
      });
      gateway.vertx.eventBus().publish(ADDRESS, "x".repeat(6 << 20));
      GatewayFixture.until("it is gone", GONE, () -> gateway.gauge("vestibule.connections") == 0);
      assertThat(gateway.counter("vestibule.connections.closed", "transport", "bridge", "reason", "slow_consumer")).isEqualTo(1);
      expectGone(lazy.socket());
    }
  }
}
