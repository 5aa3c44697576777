package io.vestibule.systemtests.check;

import io.vertx.core.json.JsonObject;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * A WebSocket (RFC 6455) of the core dialect on a socket of its own, so that it can be cut with a reset, and in the middle of a frame. It is read by the one thread that has opened it and keeps nothing; any
 * thread may cut it.
 */
final class Wire implements AutoCloseable {
  private static final int TICK_MILLIS = 100;
  private static final int CONNECT_MILLIS = 3_000;
  private static final int TEXT = 1;
  private static final int CONTINUATION = 0;
  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final int PONG = 10;
  private static final int FINAL = 0x80;
  private static final int MASKED = 0x80;

  private final Socket socket = new Socket();
  private final ByteArrayOutputStream text = new ByteArrayOutputStream();
  private DataInputStream in;
  private OutputStream out;

  private Wire() {}

  /**
   * Opens a socket.
   *
   * @throws IOException if the node cannot be reached in time, or refuses
   */
  static Wire open(URI url) throws IOException {
    Wire wire = new Wire();
    try {
      wire.shakeHands(url);
      return wire;
    } catch (IOException failed) {
      wire.close();
      throw failed;
    }
  }

  private void shakeHands(URI url) throws IOException {
    socket.connect(new InetSocketAddress(url.getHost(), url.getPort()), CONNECT_MILLIS);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(CONNECT_MILLIS);
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    out = socket.getOutputStream();
    // The key is that of RFC 6455, section 1.3; what the server makes of it is other tests' business.
    out.write(("GET " + url.getPath() + " HTTP/1.1\r\nHost: " + url.getAuthority() + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
    String status = line();
    if (!status.startsWith("HTTP/1.1 101")) {
      throw new IOException(status);
    }
    while (!line().isEmpty()) {
      // The other headers say nothing that is needed.
    }
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException();
      }
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }

  /** Sends a frame. */
  void send(JsonObject frame) throws IOException {
    write(TEXT, frame.encode().getBytes(StandardCharsets.UTF_8));
  }

  /** The mask is zero, which is one as good as another for those who do not fear the caches of proxies. */
  private void write(int opcode, byte[] payload) throws IOException {
    ByteArrayOutputStream frame = new ByteArrayOutputStream(payload.length + 14);
    frame.write(FINAL | opcode);
    if (payload.length < 126) {
      frame.write(MASKED | payload.length);
    } else {
      frame.write(MASKED | 126);
      frame.write(payload.length >> 8);
      frame.write(payload.length);
    }
    frame.write(new byte[4]);
    frame.write(payload);
    out.write(frame.toByteArray());
  }

  /**
   * The next frame, waited for.
   *
   * @return null if none has begun to come for so long
   * @throws IOException when the socket has ended, or a frame stops half way
   */
  JsonObject read(Duration patience) throws IOException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      int first = begin(deadline);
      if (first < 0) {
        return null;
      }
      byte[] payload = payload();
      int opcode = first & 0x0f;
      if (opcode == PING) {
        write(PONG, payload);
      } else if (opcode == CLOSE) {
        throw new EOFException(payload.length < 2 ? "closed" : "closed with " + ((payload[0] & 0xff) << 8 | payload[1] & 0xff));
      } else if (opcode == TEXT || opcode == CONTINUATION) {
        text.writeBytes(payload);
        if ((first & FINAL) != 0) {
          JsonObject frame = new JsonObject(text.toString(StandardCharsets.UTF_8));
          text.reset();
          return frame;
        }
      }
    }
  }

  private int begin(long deadline) throws IOException {
    while (true) {
      try {
        socket.setSoTimeout(TICK_MILLIS);
        int first = in.read();
        if (first < 0) {
          throw new EOFException();
        }
        return first;
      } catch (SocketTimeoutException nothingYet) {
        if (System.nanoTime() >= deadline) {
          return -1;
        }
      }
    }
  }

  private byte[] payload() throws IOException {
    // A node may freeze in the middle of a frame.
    socket.setSoTimeout(0);
    int length = in.read();
    if (length == 126) {
      length = in.readUnsignedShort();
    } else if (length == 127) {
      length = Math.toIntExact(in.readLong());
    } else if (length < 0) {
      throw new EOFException();
    }
    byte[] payload = new byte[length];
    in.readFully(payload);
    return payload;
  }

  /** Cuts it with a reset; what has not been read is gone. */
  void cut() {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException ended) {
      // It is cut.
    }
  }

  @Override
  public void close() {
    cut();
  }
}
