package io.vestibule.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
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
      refused(gateway, "POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "invalid_value");
    }
  }

  @Test
  void aBodyOfTwoLengthsHidesNoRequest() throws Exception {
    String two = "POST / HTTP/1.1\r\nHost: x\r\n%s\r\n%s\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n";
    String chunked = "Transfer-Encoding: chunked";
    try (GatewayFixture gateway = GatewayFixture.start()) {
      refused(gateway, two.formatted("Content-Length: 5", chunked), 400, "invalid_value");
      refused(gateway, two.formatted(chunked, "content-length: 38"), 400, "invalid_value");
      refused(gateway, two.formatted("Content-Length: 0", chunked), 400, "invalid_value");
    }
  }

  private static String chunked(GatewayFixture gateway, String user) {
    String token = gateway.token(user, new JsonObject("{\"caps\":{\"api\":[\"publish\"]}}"), Duration.ofMinutes(1));
    return "POST /api/publish HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token + "\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
  }

  @Test
  void whatIsChunkedAsItShouldBeKeepsItsConnection() throws Exception {
    try (GatewayFixture gateway = GatewayFixture.start(); RawSocket socket = RawSocket.connect(gateway.port())) {
      for (int i = 0; i < 3; i++) {
        String data = "{\"topic\":\"a.b\",\"data\":1}";
        socket.send((chunked(gateway, "ann") + "1\r\n{\r\n" + Integer.toHexString(data.length() - 1) + "\r\n" + data.substring(1) + "\r\n0\r\n\r\n")
            .getBytes(StandardCharsets.ISO_8859_1));
        String head = socket.readHead();
        assertThat(head).startsWith("HTTP/1.1 ").doesNotContainIgnoringCase("connection: close");
        assertThat(new JsonObject(socket.readBody(head)).getString("reason", "")).isNotEqualTo("invalid_value");
      }
    }
  }

  @Test
  void aChunkThatCannotBeReadIsAnswered() throws Exception {
    try (GatewayFixture gateway = GatewayFixture.start()) {
      // The first of a user waits for its token's verification, and its body for that.
      for (String bad : List.of("zz\r\n", "5\r\n{\"a\":1}\r\n", "1;a=\"\r\n\"\r\n", "0\r\nX: " + "y".repeat(9_000) + "\r\n\r\n")) {
        String head = chunked(gateway, "ann" + bad.length());
        for (int i = 0; i < 2; i++) {
          refused(gateway, head + "1\r\n{\r\n" + bad, 400, "invalid_value");
        }
      }
    }
  }
}
