package io.vestibule.gateway.transport;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * A message whose frames are still coming (RFC 6455, section 5.4), bounded in bytes and, because empty frames are legal and cost time, in frames.
 */
final class MessageAssembly {
  private static final int MAX_FRAMES = 4096;

  private final boolean text;
  private final int maxBytes;
  private byte[] bytes = new byte[0];
  private int size;
  private int frames;

  MessageAssembly(boolean text, int maxBytes) {
    this.text = text;
    this.maxBytes = maxBytes;
  }

  /** Adds a frame, unless that would break a bound. */
  boolean append(ByteBuf content) {
    int more = content.readableBytes();
    if (++frames > MAX_FRAMES || more > maxBytes - size) {
      return false;
    }
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(size + more, Math.min(maxBytes, bytes.length * 2)));
    }
    content.getBytes(content.readerIndex(), bytes, size, more);
    size += more;
    return true;
  }

  boolean isText() {
    return text;
  }

  byte[] bytes() {
    return bytes.length == size ? bytes : Arrays.copyOf(bytes, size);
  }
}
