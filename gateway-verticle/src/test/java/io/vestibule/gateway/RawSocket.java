package io.vestibule.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * A WebSocket client that does what no client library would: sends any bytes, reads nothing, goes away in the middle. Blocking; one thread.
 */
final class RawSocket implements AutoCloseable {
  static final int CONTINUATION = 0x0;
  static final int TEXT = 0x1;
  static final int BINARY = 0x2;
  static final int CLOSE = 0x8;
  static final int PING = 0x9;
  static final int PONG = 0xA;
  static final int FIN = 0x80;

  private static final int TIMEOUT_MS = 60_000;

  private final Socket socket;
  private final DataInputStream in;
  private boolean answersPings = true;
  private int pings;

  /** What the server sent: a frame of text, a goodbye, or the end of the stream. */
  sealed interface Received {}

  record Text(String text) implements Received {
    JsonObject json() {
      return new JsonObject(text);
    }

    String type() {
      return json().getString("type");
    }
  }

  record Pong(int length) implements Received {}

  record Goodbye(int code, String reason) implements Received {}

  record End() implements Received {}

  private RawSocket(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
  }

  /** A TCP connection on which nothing was said yet. */
  static RawSocket connect(int port) {
    return connect(port, 0);
  }

  /** The same with a small receive buffer, where it is not 0, so that the server soon finds out that nobody reads. */
  static RawSocket connect(int port, int receiveBuffer) {
    try {
      Socket socket = new Socket();
      if (receiveBuffer > 0) {
        socket.setReceiveBufferSize(receiveBuffer);
      }
      socket.setSoTimeout(TIMEOUT_MS);
      socket.setTcpNoDelay(true);
      socket.connect(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), TIMEOUT_MS);
      return new RawSocket(socket);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The same connection with TLS from here on; the server's certificate has to be one for 127.0.0.1. */
  RawSocket encrypted(SSLContext trust) {
    try {
      SSLSocket tls = (SSLSocket) trust.getSocketFactory().createSocket(socket, "127.0.0.1", socket.getPort(), true);
      SSLParameters parameters = tls.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      tls.setSSLParameters(parameters);
      tls.startHandshake();
      return new RawSocket(tls);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  RawSocket upgrade(String path, String... headers) {
    assertThat(request(path, headers)).startsWith("HTTP/1.1 101");
    return this;
  }

  /** Asks for an upgrade and returns the head of the answer. */
  String request(String path, String... headers) {
    send(upgradeRequest(path, headers));
    return readHead();
  }

  static byte[] upgradeRequest(String path, String... headers) {
    StringBuilder request = new StringBuilder("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
    for (String header : headers) {
      request.append(header).append("\r\n");
    }
    return request.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Reads up to the empty line that ends an HTTP head. */
  String readHead() {
    StringBuilder head = new StringBuilder();
    try {
      while (head.indexOf("\r\n\r\n") < 0) {
        int b = in.read();
        if (b < 0) {
          break;
        }
        head.append((char) b);
      }
    } catch (SocketException e) {
      return head.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return head.toString();
  }

  /** Reads the body that this head announces by its length. */
  String readBody(String head) {
    var length = java.util.regex.Pattern.compile("(?i)content-length: (\\d+)").matcher(head);
    assertThat(length.find()).as(head).isTrue();
    try {
      return new String(in.readNBytes(Integer.parseInt(length.group(1))), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads one line of an HTTP body. */
  String readLine() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
      line.append((char) b);
    }
    return line.toString();
  }

  /** Says who it is, and reads {@code auth_success} and the {@code subscribed} of the user's own topic. */
  RawSocket authenticate(String token) {
    send(new JsonObject().put("type", "auth").put("token", token));
    assertThat(text().type()).isEqualTo("auth_success");
    assertThat(text().type()).isEqualTo("subscribed");
    return this;
  }

  /** Says who it is, and reads {@code auth_success}; where logs cannot be read, nothing of the user's own topic follows. */
  RawSocket comeIn(String token) {
    send(new JsonObject().put("type", "auth").put("token", token));
    assertThat(text().type()).isEqualTo("auth_success");
    return this;
  }

  RawSocket subscribe(String topic) {
    send(new JsonObject().put("type", "subscribe").put("topic", topic));
    await(frame -> "subscribed".equals(frame.getString("type")) && topic.equals(frame.getString("topic")), "subscribed to " + topic);
    return this;
  }

  /** From now on it behaves like a peer that is dead, or like one that never heard of pongs. */
  RawSocket withoutPongs() {
    answersPings = false;
    return this;
  }

  /** How many pings the server sent that were read. */
  int pings() {
    return pings;
  }

  RawSocket send(JsonObject frame) {
    return send(frame.encode());
  }

  RawSocket send(String text) {
    return send(frame(FIN | TEXT, text.getBytes(StandardCharsets.UTF_8)));
  }

  RawSocket send(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends bytes as far as the server takes them; whether it took all. */
  boolean trySend(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** A masked frame. */
  static byte[] frame(int firstByte, byte[] payload) {
    ByteBuffer head = head(firstByte, true, payload.length);
    byte[] mask = {0x12, 0x34, 0x56, 0x78};
    ByteArrayOutputStream out = new ByteArrayOutputStream(payload.length + 16);
    out.write(head.array(), 0, head.position());
    out.writeBytes(mask);
    byte[] masked = payload.clone();
    for (int i = 0; i < masked.length; i++) {
      masked[i] ^= mask[i & 3];
    }
    out.writeBytes(masked);
    return out.toByteArray();
  }

  static byte[] frame(int firstByte, String payload) {
    return frame(firstByte, payload.getBytes(StandardCharsets.UTF_8));
  }

  /** The first bytes of a frame of this length, without mask and payload. */
  static byte[] header(int firstByte, boolean masked, long length) {
    ByteBuffer head = head(firstByte, masked, length);
    return java.util.Arrays.copyOf(head.array(), head.position());
  }

  private static ByteBuffer head(int firstByte, boolean masked, long length) {
    ByteBuffer head = ByteBuffer.allocate(10).put((byte) firstByte);
    int mask = masked ? 0x80 : 0;
    if (length >= 0 && length < 126) {
      head.put((byte) (mask | length));
    } else if (length >= 0 && length < 0x10000) {
      head.put((byte) (mask | 126)).putShort((short) length);
    } else {
      head.put((byte) (mask | 127)).putLong(length);
    }
    return head;
  }

  /** Reads the next thing; pings are answered and passed over, as long as there is patience. */
  Received next() {
    return next(patienceEndsNanos());
  }

  private static long patienceEndsNanos() {
    return System.nanoTime() + GatewayFixture.PATIENCE.toNanos();
  }

  private Received next(long giveUpNanos) {
    try {
      return read(giveUpNanos);
    } catch (EOFException | SocketException e) {
      return new End();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Received read(long giveUpNanos) throws IOException {
    while (true) {
      int first = in.readUnsignedByte();
      byte[] payload = payload();
      int opcode = first & 0x0F;
      assertThat(first & 0xF0).as("server frames are whole, without reserved bits").isEqualTo(FIN);
      switch (opcode) {
        case TEXT -> {
          return new Text(new String(payload, StandardCharsets.UTF_8));
        }
        case PONG -> {
          return new Pong(payload.length);
        }
        case PING -> {
          pings++;
          assertThat(System.nanoTime() - giveUpNanos).as("nothing but pings until the patience was at its end").isNegative();
          if (answersPings) {
            trySend(frame(FIN | PONG, payload));
          }
        }
        case CLOSE -> {
          trySend(frame(FIN | CLOSE, payload));
          ByteBuffer body = ByteBuffer.wrap(payload);
          return body.remaining() < 2 ? new Goodbye(1005, "")
              : new Goodbye(body.getShort() & 0xFFFF, StandardCharsets.UTF_8.decode(body).toString());
        }
        default -> throw new AssertionError("opcode " + opcode);
      }
    }
  }

  private byte[] payload() throws IOException {
    int second = in.readUnsignedByte();
    assertThat(second & 0x80).as("server frames are not masked").isZero();
    long length = second;
    if (second == 126) {
      length = in.readUnsignedShort();
    } else if (second == 127) {
      length = in.readLong();
    }
    byte[] payload = new byte[(int) length];
    in.readFully(payload);
    return payload;
  }

  /** The next frame of text; anything else is a failure. */
  Text text() {
    Received next = next();
    assertThat(next).isInstanceOf(Text.class);
    return (Text) next;
  }

  /** Reads until a frame of this type comes. */
  JsonObject await(String type) {
    return await(json -> type.equals(json.getString("type")), type);
  }

  JsonObject await(Predicate<JsonObject> wanted, String what) {
    List<Received> passedOver = new ArrayList<>();
    long giveUpNanos = patienceEndsNanos();
    while (true) {
      Received next = next(giveUpNanos);
      if (next instanceof Text text && wanted.test(text.json())) {
        return text.json();
      }
      passedOver.add(next);
      assertThat(next).as("waiting for %s after %s", what, passedOver).isNotInstanceOf(End.class);
    }
  }

  /** Reads to the end of the stream and returns all that came. */
  List<Received> rest() {
    List<Received> all = new ArrayList<>();
    do {
      all.add(next());
    } while (!(all.get(all.size() - 1) instanceof End));
    return all;
  }

  /** Reads to the end and checks the goodbye: a {@code closing} frame as the last text, the same in the close frame, and nothing after it. */
  List<Received> expectClose(int code, String reason) {
    List<Received> all = rest();
    assertThat(all).as("a closing frame, a close frame, and the end").hasSizeGreaterThanOrEqualTo(3);
    Received last = all.get(all.size() - 3);
    assertThat(last).as("the last text frame of %s", all).isInstanceOf(Text.class);
    JsonObject closing = ((Text) last).json();
    assertThat(closing.getString("type")).isEqualTo("closing");
    assertThat(closing.getInteger("code")).isEqualTo(code);
    assertThat(closing.getString("reason")).isEqualTo(reason);
    assertThat(closing.getBoolean("reconnect")).isEqualTo(code < 4500 && code != 1000);
    assertThat(all.get(all.size() - 2)).isEqualTo(new Goodbye(code, reason));
    return all;
  }

  /** Reads and throws away until the end of the stream, whatever it is, and returns how many bytes that were. */
  long expectEnd() {
    byte[] dust = new byte[64 * 1024];
    long read = 0;
    try {
      for (int n = in.read(dust); n >= 0; n = in.read(dust)) {
        read += n;
      }
      return read;
    } catch (SocketException reset) {
      return read;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends the connection as a crash would. */
  void reset() {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Socket socket() {
    return socket;
  }

  /** The server's end of this connection, as its kernel has it. */
  java.util.Optional<KernelSockets.End> otherEnd() {
    return KernelSockets.find(socket.getPort(), socket.getLocalPort());
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
