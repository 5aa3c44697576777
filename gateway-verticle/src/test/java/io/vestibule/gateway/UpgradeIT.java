package io.vestibule.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is no upgrade to a WebSocket is told so as a problem. */
class UpgradeIT {
  private static final String VERSION = "Sec-WebSocket-Version: 13\r\n";
  private static final String KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  private static final String UPGRADE = "Upgrade: websocket\r\nConnection: Upgrade\r\n";

  private static void refused(GatewayFixture gateway, String headers, int status, String reason) {
    try (RawSocket socket = RawSocket.connect(gateway.port())) {
      socket.send(("GET /ws HTTP/1.1\r\nHost: x\r\nX-Correlation-Id: my-flow\r\n" + headers + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
      String head = socket.readHead();
      assertThat(head).as(headers).startsWith("HTTP/1.1 " + status).containsIgnoringCase("X-Correlation-Id: my-flow");
      if (status == 426) {
        assertThat(head).containsIgnoringCase("Upgrade: websocket").containsIgnoringCase("Sec-WebSocket-Version: 13");
      }
      JsonObject problem = new JsonObject(socket.readBody(head));
      assertThat(problem.getString("reason")).isEqualTo(reason);
      assertThat(problem.getString("correlationId")).isEqualTo("my-flow");
    }
  }

  @Test
  void aQueryThatCannotBeReadIsRefused() throws Exception {
    try (GatewayFixture gateway = GatewayFixture.start(); RawSocket socket = RawSocket.connect(gateway.port())) {
      String head = socket.request("/ws?token=%zz");
      assertThat(head).startsWith("HTTP/1.1 400");
      assertThat(new JsonObject(socket.readBody(head)).getString("reason")).isEqualTo("invalid_value");
    }
  }

  @Test
  void whatIsNoUpgradeIsToldHow() throws Exception {
    try (GatewayFixture gateway = GatewayFixture.start()) {
      refused(gateway, "", 426, "upgrade_required");
      refused(gateway, "Upgrade: websocket\r\n" + VERSION + KEY, 426, "upgrade_required");
      refused(gateway, UPGRADE + KEY, 426, "upgrade_required");
      refused(gateway, UPGRADE + KEY + "Sec-WebSocket-Version: 8\r\n", 426, "upgrade_required");
      refused(gateway, UPGRADE + VERSION, 400, "invalid_value");
      refused(gateway, UPGRADE + VERSION + "Sec-WebSocket-Key: \r\n", 400, "invalid_value");
      for (String key : List.of("abc", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZSB0", "dGhlIHNhbXBsZSBub25jZ!==", "dGhlIHNhbXBsZSBub25jZTE=")) {
        refused(gateway, UPGRADE + VERSION + "Sec-WebSocket-Key: " + key + "\r\n", 400, "invalid_value");
      }
      refused(gateway, UPGRADE + VERSION + KEY + KEY, 400, "invalid_value");
    }
  }
}
