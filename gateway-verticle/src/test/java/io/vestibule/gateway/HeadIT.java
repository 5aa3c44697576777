package io.vestibule.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** HEAD is GET without the body, to the byte: what comes behind the head is the next answer. */
class HeadIT {
  private static final Pattern LENGTH = Pattern.compile("(?i)content-length: (\\d+)");

  private static String ask(RawSocket socket, String method, String path) {
    socket.send((method + " " + path + " HTTP/1.1\r\nHost: x\r\nX-Correlation-Id: my-flow\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
    return socket.readHead();
  }

  private static int length(String head) {
    Matcher length = LENGTH.matcher(head);
    assertThat(length.find()).as(head).isTrue();
    return Integer.parseInt(length.group(1));
  }

  private static void sameWithoutBody(GatewayFixture gateway, String path, String status) {
    try (RawSocket socket = RawSocket.connect(gateway.port())) {
      String head = ask(socket, "HEAD", path);
      assertThat(head).startsWith("HTTP/1.1 " + status);
      String again = ask(socket, "HEAD", path);
      String got = ask(socket, "GET", path);
      assertThat(socket.readBody(got)).isNotEmpty();
      assertThat(length(head)).isEqualTo(length(again)).isEqualTo(length(got));
      assertThat(withoutTime(head)).isEqualTo(withoutTime(got));
    }
  }

  private static String withoutTime(String head) {
    return head.replaceAll("(?i)x-response-time: .*", "");
  }

  @Test
  void whatCanBeGotHasAHead() throws Exception {
    try (GatewayFixture gateway = GatewayFixture.start(config -> config.instances = 1)) {
      sameWithoutBody(gateway, "/", "200");
      sameWithoutBody(gateway, "/nowhere", "404");
    }
  }

  @Test
  void theDevelopmentPageHasOneToo() throws Exception {
    try (GatewayFixture gateway = GatewayFixture.start(config -> config.development = true)) {
      sameWithoutBody(gateway, "/", "200");
      sameWithoutBody(gateway, "/app.js", "200");
    }
  }

  @Test
  void whatIsOnlyPostedHasNone() throws Exception {
    try (GatewayFixture gateway = GatewayFixture.start(); RawSocket socket = RawSocket.connect(gateway.port())) {
      assertThat(ask(socket, "HEAD", "/api/publish")).startsWith("HTTP/1.1 405").containsIgnoringCase("Allow: POST");
      assertThat(new JsonObject(socket.readBody(ask(socket, "GET", "/")))).isEqualTo(new JsonObject().put("name", "vestibule"));
    }
  }
}
