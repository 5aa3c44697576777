package io.vestibule.bench.client;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;

/**
 * Cuts what a server sends into WebSocket frames (RFC 6455, section 5.2) without copying: a frame is handed on as a range of the bytes
 * that were read. Only the rest of a read that ends inside a frame is kept. Not thread-safe: one event loop feeds it.
 */
final class FrameParser {
  static final int MAX_FRAME = 16 << 20;

  private static final int TEXT = 1;
  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final int PONG = 10;
  private static final int FIN_AND_RESERVED = 0xF0;

  /** Who gets the frames; the bytes are only valid during the call. */
  interface Sink {
    void text(ByteBuf bytes, int from, int to);

    void ping(ByteBuf bytes, int from, int to);

    /** The server closes; code is 1005 when it gave none (RFC 6455, section 7.1.5). */
    void close(int code, String reason);
  }

  /** The peer speaks something that this client does not: the connection is of no further use. */
  static final class ProtocolException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ProtocolException(String message) {
      super(message, null, false, false);
    }
  }

  private ByteBuf rest;
  private boolean released;

  /** Parses the bytes read, whose ownership passes to the parser. */
  void feed(ByteBuf read, ByteBufAllocator allocator, Sink sink) {
    ByteBuf bytes = read;
    if (rest != null) {
      rest.writeBytes(read);
      read.release();
      bytes = rest;
      rest = null;
    }
    try {
      while (!released && parseOne(bytes, sink)) {
        // every whole frame of this read
      }
      if (bytes.isReadable() && !released) {
        rest = allocator.heapBuffer(bytes.readableBytes() + 512).writeBytes(bytes);
      }
    } finally {
      bytes.release();
    }
  }

  /** Frees what is kept of an unfinished frame and takes no more; may be called from within a sink. */
  void release() {
    released = true;
    if (rest != null) {
      rest.release();
      rest = null;
    }
  }

  private static boolean parseOne(ByteBuf bytes, Sink sink) {
    int at = bytes.readerIndex();
    int readable = bytes.readableBytes();
    if (readable < 2) {
      return false;
    }
    int first = bytes.getUnsignedByte(at);
    int second = bytes.getUnsignedByte(at + 1);
    if ((second & 0x80) != 0) {
      throw new ProtocolException("masked server frame");
    }
    if ((first & FIN_AND_RESERVED) != 0x80) {
      throw new ProtocolException("fragmented or extended frame");
    }
    int header = switch (second) {
      case 126 -> 4;
      case 127 -> 10;
      default -> 2;
    };
    if (readable < header) {
      return false;
    }
    long length = switch (header) {
      case 4 -> bytes.getUnsignedShort(at + 2);
      case 10 -> bytes.getLong(at + 2);
      default -> second;
    };
    if (length < 0 || length > MAX_FRAME) {
      throw new ProtocolException("frame too large");
    }
    if (readable < header + length) {
      return false;
    }
    int from = at + header;
    int to = from + (int) length;
    bytes.readerIndex(to);
    dispatch(first & 0x0F, bytes, from, to, sink);
    return true;
  }

  private static void dispatch(int opcode, ByteBuf bytes, int from, int to, Sink sink) {
    switch (opcode) {
      case TEXT -> sink.text(bytes, from, to);
      case PING -> sink.ping(bytes, from, to);
      case PONG -> { }
      case CLOSE -> {
        boolean coded = to - from >= 2;
        sink.close(coded ? bytes.getUnsignedShort(from) : 1005,
            coded ? bytes.toString(from + 2, to - from - 2, StandardCharsets.UTF_8) : "");
      }
      default -> throw new ProtocolException("unexpected opcode " + opcode);
    }
  }
}
