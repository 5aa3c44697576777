package io.vestibule.gateway;

import static io.vestibule.gateway.RawSocket.BINARY;
import static io.vestibule.gateway.RawSocket.CLOSE;
import static io.vestibule.gateway.RawSocket.CONTINUATION;
import static io.vestibule.gateway.RawSocket.FIN;
import static io.vestibule.gateway.RawSocket.PING;
import static io.vestibule.gateway.RawSocket.TEXT;
import static io.vestibule.gateway.RawSocket.frame;
import static io.vestibule.gateway.RawSocket.header;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Bytes that no client library would send. Each harms its sender alone: a bystander on the same gateway goes on. */
class FramingIT {
  private static final int MAX = 64 * 1024;
  private static GatewayFixture gateway;

  private RawSocket bystander;

  @BeforeAll
  static void start() {
    gateway = GatewayFixture.start(config -> {
      config.maxFrame = MAX;
      config.maxMessage = MAX;
    });
  }

  @AfterAll
  static void stop() throws Exception {
    gateway.close();
  }

  @BeforeEach
  void bystander() {
    bystander = gateway.open("bystander").subscribe("news");
  }

  @AfterEach
  void bystanderGoesOn() {
    gateway.publish("news", "still here");
    assertThat(bystander.await("message").getString("data")).isEqualTo("still here");
    bystander.close();
    GatewayFixture.until("nobody is left", () -> gateway.gauge("vestibule.connections") == 0);
  }

  private void refused(byte[] bytes, int code, String reason) {
    try (RawSocket socket = gateway.open("someone")) {
      socket.send(bytes);
      socket.expectClose(code, reason);
    }
  }

  @Test
  void anUnmaskedFrameIsAProtocolError() {
    refused(concat(header(FIN | TEXT, false, 15), "{\"type\":\"ping\"}".getBytes()), 1002, "protocol_error");
  }

  @Test
  void aReservedBitIsAProtocolError() {
    refused(frame(FIN | 0x40 | TEXT, "{\"type\":\"ping\"}"), 1002, "protocol_error");
  }

  @Test
  void aReservedOpcodeIsAProtocolError() {
    refused(frame(FIN | 0x3, "?"), 1002, "protocol_error");
    refused(frame(FIN | 0xB, "?"), 1002, "protocol_error");
  }

  @Test
  void aContinuationWithoutAStartIsAProtocolError() {
    refused(frame(FIN | CONTINUATION, "{}"), 1002, "protocol_error");
  }

  @Test
  void aNewMessageInsideAFragmentedOneIsAProtocolError() {
    refused(concat(frame(TEXT, "{\"ty"), frame(FIN | TEXT, "{}")), 1002, "protocol_error");
  }

  @Test
  void aFragmentedPingIsAProtocolError() {
    refused(frame(PING, "?"), 1002, "protocol_error");
  }

  @Test
  void aLongPingIsAProtocolError() {
    refused(frame(FIN | PING, new byte[126]), 1002, "protocol_error");
  }

  @Test
  void aLengthThatIsNotMinimalIsAProtocolError() {
    refused(new byte[] {(byte) (FIN | TEXT), (byte) (0x80 | 126), 0, 5, 1, 2, 3, 4, 0, 0, 0, 0, 0}, 1002, "protocol_error");
  }

  @Test
  void anHttpRequestOnAnOpenSocketIsAProtocolError() {
    refused(RawSocket.upgradeRequest("/ws"), 1002, "protocol_error");
  }

  @Test
  void aSecondUpgradeBehindTheFirstEndsTheConnection() {
    try (RawSocket socket = RawSocket.connect(gateway.port())) {
      socket.send(concat(RawSocket.upgradeRequest("/ws"), RawSocket.upgradeRequest("/ws")));
      socket.expectEnd();
    }
  }

  @Test
  void aFrameThatIsTooLargeIsRefusedByItsHeader() {
    refused(header(FIN | TEXT, true, MAX + 1), 1009, "too_large");
    refused(header(FIN | TEXT, true, Long.MAX_VALUE), 1009, "too_large");
  }

  @Test
  void aFrameOfANegativeLengthIsAProtocolError() {
    refused(header(FIN | TEXT, true, Long.MIN_VALUE), 1002, "protocol_error");
  }

  @Test
  void aMessageThatIsTooLargeInItsFragmentsIsRefused() {
    try (RawSocket socket = gateway.open("someone")) {
      socket.send(frame(TEXT, new byte[MAX / 2]));
      socket.send(frame(CONTINUATION, new byte[MAX / 2]));
      socket.send(frame(CONTINUATION, new byte[1]));
      socket.expectClose(1009, "too_large");
    }
  }

  @Test
  void endlessEmptyFragmentsAreRefused() {
    try (RawSocket socket = gateway.open("someone")) {
      ByteArrayOutputStream flood = new ByteArrayOutputStream();
      flood.writeBytes(frame(TEXT, ""));
      byte[] empty = frame(CONTINUATION, "");
      for (int i = 0; i < 5_000; i++) {
        flood.writeBytes(empty);
      }
      socket.trySend(flood.toByteArray());
      socket.expectClose(1009, "too_large");
    }
  }

  @Test
  void aMessageMayComeInFragmentsWithAPingBetween() {
    try (RawSocket socket = gateway.open("someone")) {
      byte[] text = "{\"type\":\"ping\",\"id\":\"zwölf\"}".getBytes(java.nio.charset.StandardCharsets.UTF_8);
      int inTheUmlaut = new String(text, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("zw") + 3;
      socket.send(frame(TEXT, java.util.Arrays.copyOf(text, inTheUmlaut)));
      socket.send(frame(FIN | PING, "now"));
      socket.send(frame(CONTINUATION, ""));
      socket.send(frame(FIN | CONTINUATION, java.util.Arrays.copyOfRange(text, inTheUmlaut, text.length)));
      assertThat(socket.next()).isEqualTo(new RawSocket.Pong(3));
      assertThat(socket.text().json().getMap()).containsEntry("type", "pong").containsEntry("id", "zwölf");
    }
  }

  @Test
  void whatIsNotUtf8EndsTheConnection() {
    for (byte[] bad : List.of(
        new byte[] {'"', (byte) 0xC0, (byte) 0x80, '"'}, // overlong NUL
        new byte[] {'"', (byte) 0xED, (byte) 0xA0, (byte) 0x80, '"'}, // half a surrogate pair
        new byte[] {'"', (byte) 0xF4, (byte) 0x90, (byte) 0x80, (byte) 0x80, '"'}, // beyond Unicode
        new byte[] {'"', (byte) 0xE2, (byte) 0x82}, // cut off
        new byte[] {(byte) 0xFF})) {
      refused(frame(FIN | TEXT, bad), 1007, "invalid_utf8");
    }
  }

  @Test
  void binaryGetsAnErrorAndTheConnectionLives() {
    try (RawSocket socket = gateway.open("someone")) {
      socket.send(frame(FIN | BINARY, "{\"type\":\"ping\"}"));
      assertThat(socket.text().json().getString("reason")).isEqualTo("binary_not_supported");
      socket.send(frame(BINARY, "{"));
      socket.send(frame(FIN | CONTINUATION, "}"));
      assertThat(socket.text().json().getString("reason")).isEqualTo("binary_not_supported");
      socket.send("{\"type\":\"ping\"}");
      assertThat(socket.text().type()).isEqualTo("pong");
    }
  }

  @Test
  void malformedFramesAreAnsweredAndThenEndTheConnection() {
    try (RawSocket socket = gateway.open("someone")) {
      for (int i = 0; i < 10; i++) {
        socket.send("{\"type\":");
        assertThat(socket.text().json().getString("reason")).isEqualTo("not_json");
      }
      socket.send("[1]");
      socket.expectClose(4400, "protocol_abuse");
    }
  }

  @Test
  void formMistakesAreAnsweredAndTheConnectionLives() {
    try (RawSocket socket = gateway.open("someone")) {
      for (int i = 0; i < 25; i++) {
        socket.send(new JsonObject().put("type", "unheard_of").put("id", i));
        JsonObject error = socket.text().json();
        assertThat(error.getString("reason")).isEqualTo("unknown_type");
        assertThat(error.getInteger("id")).isEqualTo(i);
        socket.send(new JsonObject().put("type", "subscribe").put("topic", 7).put("id", i));
        assertThat(socket.text().json().getJsonObject("details").getString("field")).isEqualTo("topic");
      }
      socket.send("{\"type\":\"ping\"}");
      assertThat(socket.text().type()).isEqualTo("pong");
    }
  }

  @Test
  void aFrameThatIsCutOffHoldsNothing() {
    for (byte[] part : List.of(
        header(FIN | TEXT, true, MAX), concat(header(FIN | TEXT, true, 100), new byte[50]), frame(TEXT, "{\"type\""),
        new byte[] {(byte) (FIN | TEXT)})) {
      try (RawSocket socket = gateway.open("someone")) {
        socket.send(part);
      }
    }
  }

  @Test
  void aPeerThatResetsIsForgotten() throws Exception {
    try (RawSocket socket = gateway.open("someone")) {
      socket.socket().setSoLinger(true, 0);
    }
  }

  @Test
  void aCloseFrameIsAnswered() {
    try (RawSocket socket = gateway.open("someone")) {
      socket.send(frame(FIN | CLOSE, new byte[] {0x03, (byte) 0xE8}));
      assertThat(socket.next()).isEqualTo(new RawSocket.Goodbye(1000, ""));
      assertThat(socket.next()).isInstanceOf(RawSocket.End.class);
    }
  }

  @Test
  void aPingFloodEndsInTooFast() {
    try (RawSocket socket = gateway.open("someone")) {
      ByteArrayOutputStream flood = new ByteArrayOutputStream();
      byte[] ping = frame(FIN | PING, "hello");
      for (int i = 0; i < 1_000; i++) {
        flood.writeBytes(ping);
      }
      socket.trySend(flood.toByteArray());
      socket.expectClose(4029, "too_fast");
    }
  }

  @Test
  void aPeerThatPingsAndDoesNotReadIsCutOff() throws Exception {
    try (GatewayFixture small = GatewayFixture.start(config -> {
          config.outboundBuffer = 64 * 1024;
          config.messagesPerSecond = 0;
          config.stallTimeout = Duration.ofSeconds(1);
        });
        RawSocket socket = RawSocket.connect(small.port(), 4 * 1024).upgrade("/ws").authenticate(small.token("someone"))) {
      ByteArrayOutputStream pings = new ByteArrayOutputStream();
      for (int i = 0; i < 1_000; i++) {
        pings.writeBytes(frame(FIN | PING, new byte[125]));
      }
      // The answers fill the buffers of both machines first.
      long deadline = System.nanoTime() + GatewayFixture.PATIENCE.toNanos();
      while (socket.trySend(pings.toByteArray()) && System.nanoTime() < deadline) {
        continue;
      }
      GatewayFixture.until("it is gone", () -> small.gauge("vestibule.connections") == 0);
    }
  }

  static byte[] concat(byte[] one, byte[] other) {
    byte[] both = java.util.Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, both, one.length, other.length);
    return both;
  }
}
