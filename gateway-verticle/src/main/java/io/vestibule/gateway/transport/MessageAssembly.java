package io.vestibule.gateway.transport;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** A message whose frames are still coming (RFC 6455, section 5.4); {@link BoundedFrameDecoder} bounds it. */
final class MessageAssembly {
  private final boolean text;
  private byte[] bytes = new byte[0];
  private int size;

  MessageAssembly(boolean text) {
    this.text = text;
  }

  /** Adds a frame. */
  void append(ByteBuf content) {
    int more = content.readableBytes();
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(size + more, bytes.length * 2));
    }
    content.getBytes(content.readerIndex(), bytes, size, more);
    size += more;
  }

  boolean isText() {
    return text;
  }

  byte[] bytes() {
    return bytes.length == size ? bytes : Arrays.copyOf(bytes, size);
  }
}
