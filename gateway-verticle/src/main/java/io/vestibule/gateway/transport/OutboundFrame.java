package io.vestibule.gateway.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;

/**
 * A frame on its way to one socket or to thousands: its JSON text, and each transport's form of it, made at the first use and shared by all. Used on
 * one event loop, which releases it after the last send.
 */
public final class OutboundFrame {
  private static final int FINAL_TEXT = 0x81;
  private static final int LENGTH_16 = 126;
  private static final int LENGTH_64 = 127;
  private static final int MOST_IN_16 = 0xFFFF;

  private final Buffer json;
  private ByteBuf webSocket;
  private String text;

  /** A frame of this JSON text, which must not change any more. */
  public OutboundFrame(Buffer json) {
    this.json = json;
  }

  /** Bytes of the JSON text. */
  public int length() {
    return json.length();
  }

  /** The JSON text as bytes. */
  public Buffer json() {
    return json;
  }

  /** The JSON text as a string. */
  String text() {
    if (text == null) {
      text = json.toString(StandardCharsets.UTF_8);
    }
    return text;
  }

  /** A whole unmasked WebSocket text frame (RFC 6455, section 5.2), ready for a channel; the caller owns the reference. */
  ByteBuf webSocket(ByteBufAllocator allocator) {
    if (webSocket == null) {
      webSocket = encode(allocator);
    }
    return webSocket.retainedDuplicate();
  }

  private ByteBuf encode(ByteBufAllocator allocator) {
    int length = json.length();
    ByteBuf frame = allocator.directBuffer(length + 10).writeByte(FINAL_TEXT);
    if (length < LENGTH_16) {
      frame.writeByte(length);
    } else if (length <= MOST_IN_16) {
      frame.writeByte(LENGTH_16).writeShort(length);
    } else {
      frame.writeByte(LENGTH_64).writeLong(length);
    }
    return frame.writeBytes(json.getBytes());
  }

  /** Ends the hold of the maker; the sockets that still have the frame in their queues keep it alive. */
  public void release() {
    if (webSocket != null) {
      webSocket.release();
      webSocket = null;
    }
  }
}
