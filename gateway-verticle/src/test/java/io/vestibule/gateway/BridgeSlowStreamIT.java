package io.vestibule.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.gateway.bridge.BridgeConfig;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** A session of the bridge whose client does not read is cut off where it is carried now, which need not be the connection that opened it. */
class BridgeSlowStreamIT {
  private static final int BUFFER = 256 << 10;
  private static final int SMALL = 4096;

  private static Socket post(GatewayFixture gateway, String path, String body) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(SMALL);
    socket.setSoTimeout((int) GatewayFixture.PATIENCE.toMillis());
    socket.connect(new java.net.InetSocketAddress("127.0.0.1", gateway.port()));
    socket.getOutputStream().write(("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + body.length() + "\r\n\r\n" + body).getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  @Test
  void itsStreamIsCut() throws Exception {
    Assumptions.assumeTrue(KernelSockets.areKnown());
    List<String> addresses = List.of("chat.room");
    try (GatewayFixture gateway = GatewayFixture.start(config -> {
      config.bridge = new BridgeConfig(true, addresses, addresses, 20, Duration.ofSeconds(30), 64 << 10);
      config.outboundBuffer = BUFFER;
    })) {
      String session = "/eventbus/000/slow/";
      String token = "?token=" + gateway.token("ada");
      try (Socket opening = post(gateway, session + "xhr" + token, "")) {
        assertThat(opening.getInputStream().readAllBytes()).asString(StandardCharsets.US_ASCII).endsWith("o\n\r\n0\r\n\r\n");
      }
      try (Socket stream = post(gateway, session + "xhr_streaming" + token, "");
          Socket register = post(gateway, session + "xhr_send" + token, "[\"{\\\"type\\\":\\\"register\\\",\\\"address\\\":\\\"chat.room\\\"}\"]")) {
        assertThat(register.getInputStream().read()).isEqualTo('H');
        assertThat(stream.getInputStream().read()).as("it streams").isEqualTo('H');
        String text = "x".repeat(50_000);
        GatewayFixture.until("it is too slow", () -> {
          gateway.vertx.eventBus().publish("chat.room", text);
          return gateway.counter("vestibule.connections.closed", "transport", "bridge", "reason", "slow_consumer") == 1;
        });
        GatewayFixture.until("what carried it is gone, with what it kept for it", () -> KernelSockets.find(gateway.port(), stream.getLocalPort()).isEmpty());
      }
    }
  }
}
