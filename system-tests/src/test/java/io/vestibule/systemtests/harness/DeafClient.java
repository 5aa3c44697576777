package io.vestibule.systemtests.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** A WebSocket that reads nothing after its handshake, so that it hears no goodbye and answers none. */
public final class DeafClient implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 60_000;

  private final Socket socket;

  private DeafClient(Socket socket) {
    this.socket = socket;
  }

  /** Opens the socket. */
  public static DeafClient open(URI url) throws IOException {
    Socket socket = new Socket(url.getHost(), url.getPort());
    socket.setSoTimeout(TIMEOUT_MILLIS);
    // The key is that of RFC 6455, section 1.3; what the server makes of it is other tests' business.
    String request = "GET " + url.getPath() + " HTTP/1.1\r\nHost: " + url.getAuthority() + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    String answer = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII)).readLine();
    assertThat(answer).startsWith("HTTP/1.1 101");
    return new DeafClient(socket);
  }

  /** Whether this side has it open. */
  public boolean isOpen() {
    return !socket.isClosed();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
