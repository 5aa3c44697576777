package io.vestibule.gateway.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;

/**
 * A frame on its way to one socket or to thousands: its JSON text, and each transport's form of it, made at the first use and shared by all. Used on
 * one event loop. Its maker holds it and releases it after the last send; those who keep it longer retain it.
 */
public final class OutboundFrame {
  private static final int FINAL_TEXT = 0x81;
  private static final int LENGTH_16 = 126;
  private static final int LENGTH_64 = 127;
  private static final int MOST_IN_16 = 0xFFFF;

  private final Buffer json;
  private ByteBuf webSocket;
  private String text;
  private FrameRun alone;
  private Spoken spoken;
  private int holders = 1;

  /** The frame in another language; the last of a few, since there are few languages. */
  private record Spoken(UnaryOperator<Buffer> language, OutboundFrame frame, Spoken before) {}

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

  /**
   * The same in another language: put into it at the first use, and shared by all who speak it. It belongs to this frame.
   *
   * @param language compared by identity; gives null where it has no words for this
   * @return null where there are no words
   */
  public OutboundFrame in(UnaryOperator<Buffer> language) {
    for (Spoken known = spoken; known != null; known = known.before) {
      if (known.language == language) {
        return known.frame;
      }
    }
    Buffer words = language.apply(json);
    spoken = new Spoken(language, words == null ? null : new OutboundFrame(words), spoken);
    return spoken.frame;
  }

  /** The JSON text as a string. */
  String text() {
    if (text == null) {
      text = json.toString(StandardCharsets.UTF_8);
    }
    return text;
  }

  /** Bytes of the WebSocket frame. */
  int webSocketLength() {
    int length = json.length();
    return length + (length < LENGTH_16 ? 2 : length <= MOST_IN_16 ? 4 : 10);
  }

  /** A whole unmasked WebSocket text frame (RFC 6455, section 5.2), ready for a channel; it belongs to this frame. */
  ByteBuf webSocket(ByteBufAllocator allocator) {
    if (webSocket == null) {
      webSocket = encode(allocator);
    }
    return webSocket;
  }

  private ByteBuf encode(ByteBufAllocator allocator) {
    int length = json.length();
    ByteBuf frame = allocator.directBuffer(webSocketLength()).writeByte(FINAL_TEXT);
    if (length < LENGTH_16) {
      frame.writeByte(length);
    } else if (length <= MOST_IN_16) {
      frame.writeByte(LENGTH_16).writeShort(length);
    } else {
      frame.writeByte(LENGTH_64).writeLong(length);
    }
    return frame.writeBytes(json.getBytes());
  }

  /** The run that is this frame alone, if any socket waits for just that. */
  FrameRun alone() {
    return alone;
  }

  void alone(FrameRun run) {
    alone = run;
  }

  /** One more holds the frame. */
  void retain() {
    holders++;
  }

  /** One less holds the frame; the last one frees its bytes. */
  public void release() {
    if (--holders > 0) {
      return;
    }
    if (webSocket != null) {
      webSocket.release();
      webSocket = null;
    }
    for (; spoken != null; spoken = spoken.before) {
      if (spoken.frame != null) {
        spoken.frame.release();
      }
    }
  }
}
