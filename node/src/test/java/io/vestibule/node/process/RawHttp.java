package io.vestibule.node.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** HTTP as its bytes, where a client library would hide what is wrong with them. */
final class RawHttp {
  private static final int TIMEOUT_MS = 20_000;
  private static final Pattern LENGTH = Pattern.compile("(?i)content-length: (\\d+)");

  private RawHttp() {}

  /** Checks that these paths answer HEAD with the status of a GET, a length and no body: behind the head comes the next answer on the same connection. */
  static void expectHeads(String url, String... paths) throws IOException {
    URI server = URI.create(url);
    try (Socket socket = new Socket(server.getHost(), server.getPort())) {
      socket.setSoTimeout(TIMEOUT_MS);
      InputStream in = new BufferedInputStream(socket.getInputStream());
      for (String path : paths) {
        String head = ask(socket, in, "HEAD", path);
        assertThat(head).as(path).startsWith("HTTP/1.1 200");
        assertThat(length(head)).as(path).isPositive();
        String got = ask(socket, in, "GET", path);
        assertThat(got).as("behind the HEAD of " + path).startsWith("HTTP/1.1 200");
        in.readNBytes(length(got));
      }
    }
  }

  private static String ask(Socket socket, InputStream in, String method, String path) throws IOException {
    socket.getOutputStream().write((method + " " + path + " HTTP/1.1\r\nHost: x\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int b = in.read();
      assertThat(b).as("more of " + head).isNotNegative();
      head.append((char) b);
    }
    return head.toString();
  }

  private static int length(String head) {
    Matcher length = LENGTH.matcher(head);
    assertThat(length.find()).as(head).isTrue();
    return Integer.parseInt(length.group(1));
  }
}
