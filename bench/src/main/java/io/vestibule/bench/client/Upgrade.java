package io.vestibule.bench.client;

import io.netty.buffer.ByteBuf;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** The opening handshake of a client (RFC 6455, section 4.1), reduced to what a measuring client has to send and to check. */
final class Upgrade {
  static final int MAX_RESPONSE = 16 << 10;

  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private final String key;

  /** A handshake with a nonce, which should differ from connection to connection. */
  Upgrade(long nonce) {
    key = Base64.getEncoder().encodeToString(ByteBuffer.allocate(16).putLong(nonce).putLong(~nonce).array());
  }

  /** The request as it goes on the wire. */
  byte[] request(URI uri) {
    String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    return ("GET " + path + query + " HTTP/1.1\r\n"
        + "Host: " + uri.getRawAuthority() + "\r\n"
        + "Upgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Key: " + key + "\r\nSec-WebSocket-Version: 13\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
  }

  /** Where the response's head ends in these bytes, or -1 while it is incomplete. */
  static int headEnd(ByteBuf bytes) {
    for (int at = bytes.readerIndex(); at + 4 <= bytes.writerIndex(); at++) {
      if (bytes.getInt(at) == 0x0D0A0D0A) {
        return at + 4;
      }
    }
    return -1;
  }

  /** What is wrong with the response's head, in a few words that can be counted; null when the socket is open. */
  String fault(String head) {
    String[] lines = head.split("\r\n");
    String[] status = lines[0].split(" ", 3);
    if (status.length < 2 || !status[0].startsWith("HTTP/1.")) {
      return "not HTTP";
    }
    if (!status[1].equals("101")) {
      return "HTTP " + status[1];
    }
    for (String line : lines) {
      int colon = line.indexOf(':');
      if (colon > 0 && line.substring(0, colon).equalsIgnoreCase("Sec-WebSocket-Accept")) {
        return line.substring(colon + 1).trim().equals(accept()) ? null : "wrong Sec-WebSocket-Accept";
      }
    }
    return "no Sec-WebSocket-Accept";
  }

  private String accept() {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }
}
