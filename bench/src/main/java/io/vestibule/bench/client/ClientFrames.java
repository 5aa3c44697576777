package io.vestibule.bench.client;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/** Client frames, masked as RFC 6455, section 5.3, asks. The mask is an argument: it need not be secret from a server under test. */
final class ClientFrames {
  private static final int FIN = 0x80;
  private static final int MASKED = 0x80;
  private static final int TEXT = 1;
  private static final int PONG = 10;

  private ClientFrames() {}

  /** A whole text message. */
  static ByteBuf text(ByteBufAllocator allocator, byte[] payload, int mask) {
    return frame(allocator, TEXT, payload, mask);
  }

  /** The answer to a ping, with its payload. */
  static ByteBuf pong(ByteBufAllocator allocator, byte[] payload, int mask) {
    return frame(allocator, PONG, payload, mask);
  }

  private static ByteBuf frame(ByteBufAllocator allocator, int opcode, byte[] payload, int mask) {
    int length = payload.length;
    ByteBuf frame = allocator.directBuffer(length + 14);
    frame.writeByte(FIN | opcode);
    if (length < 126) {
      frame.writeByte(MASKED | length);
    } else if (length <= 0xFFFF) {
      frame.writeByte(MASKED | 126).writeShort(length);
    } else {
      frame.writeByte(MASKED | 127).writeLong(length);
    }
    frame.writeInt(mask);
    for (int i = 0; i < length; i++) {
      frame.writeByte(payload[i] ^ (mask >>> (24 - 8 * (i & 3))));
    }
    return frame;
  }
}
