package io.vestibule.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What cannot be read as a request is a problem like any other, and the last thing on its connection. */
class MalformedRequestsIT {

  private static void refused(GatewayFixture gateway, String request, int status, String reason) {
    try (RawSocket socket = RawSocket.connect(gateway.port())) {
      socket.send(request.getBytes(StandardCharsets.ISO_8859_1));
      String head = socket.readHead();
      assertThat(head).matches("(?s)HTTP/1\\.[01] " + status + " .*").containsIgnoringCase("content-type: application/problem+json")
          .containsIgnoringCase("connection: close").containsIgnoringCase("x-correlation-id: ");
      JsonObject problem = new JsonObject(socket.readBody(head));
      assertThat(problem.getInteger("status")).isEqualTo(status);
      assertThat(problem.getString("reason")).isEqualTo(reason);
      assertThat(head).contains(problem.getString("correlationId"));
      assertThat(socket.expectEnd()).as("nothing behind it").isZero();
      assertThat(gateway.counter("vestibule.errors", "reason", reason)).isPositive();
    }
  }

  @Test
  void eachIsToldWhatIsWrong() throws Exception {
    try (GatewayFixture gateway = GatewayFixture.start()) {
      refused(gateway, "GET /" + "x".repeat(5_000) + " HTTP/1.1\r\nHost: x\r\n\r\n", 414, "uri_too_long");
      refused(gateway, "GET / HTTP/1.1\r\nHost: x\r\nX: " + "y".repeat(9_000) + "\r\n\r\n", 431, "headers_too_large");
      refused(gateway, "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n", 400, "invalid_value");
      refused(gateway, "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400, "invalid_value");
      refused(gateway, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n", 400, "invalid_value");
      refused(gateway, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", 400, "invalid_value");
    }
  }
}
