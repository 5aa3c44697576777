package io.vestibule.cluster.guard;

import io.netty.buffer.ByteBuf;

/**
 * Checks the event bus's stream between nodes as it comes in, byte by byte where it must and in strides where it can, and keeps
 * nothing of it. Vert.x believes every length in such a message: one of fifty bytes can ask for two gigabytes, and the first length
 * alone makes it collect as much as is sent. What passes here has no length that reaches beyond its message.
 *
 * <p>A message is: length, protocol version, codec id (and the codec's name with id -1), kind, address, reply address, sender,
 * headers, body; numbers big-endian, texts behind a four-byte length. Not thread-safe; one for each connection.
 */
final class BusFrames {
  /** The longest message between nodes, in bytes: the configuration permits messages of 64 MiB, and they travel in an envelope. */
  static final int LONGEST = 80 * 1024 * 1024;

  private static final int NEWEST_PROTOCOL = 2;
  private static final int INT = 4;
  private static final byte NAMED_CODEC = -1;
  private static final byte REPLY_EXCEPTION = 15;
  private static final int REPLY_EXCEPTION_HEAD = 5;

  private enum Field {
    LENGTH, VERSION, CODEC, CODEC_NAME, KIND, ADDRESS, REPLY_ADDRESS, SENDER, HEADERS, HEADER_COUNT, HEADER_TEXT,
    BODY_LENGTH, FAILURE_FLAG, BODY
  }

  private Field field = Field.LENGTH;
  private byte codec;
  private int left;
  private int skip;
  private int number;
  private int numberBytes;
  private int headerTexts;
  private int headerBytes;

  /**
   * Looks at the next bytes of the connection, and moves no index.
   *
   * @throws CorruptFrameException if this is not what a node sends; the connection is of no use any more
   */
  void check(ByteBuf in) {
    int at = in.readerIndex();
    int end = in.writerIndex();
    while (at < end) {
      if (skip > 0) {
        int stride = Math.min(skip, end - at);
        skip -= stride;
        at += stride;
        left -= stride;
      } else if (isNumber(field)) {
        at = readNumber(in, at, end);
      } else {
        left--;
        readByte(in.getByte(at++));
      }
      if (field == Field.BODY && left == 0) {
        field = Field.LENGTH;
      }
    }
  }

  private int readNumber(ByteBuf in, int from, int end) {
    int at = from;
    if (numberBytes == 0 && end - at >= INT) {
      number = in.getInt(at);
      numberBytes = INT;
      at += INT;
    }
    while (numberBytes < INT && at < end) {
      number = number << 8 | in.getUnsignedByte(at++);
      numberBytes++;
    }
    if (numberBytes == INT) {
      int whole = number;
      number = 0;
      numberBytes = 0;
      if (field != Field.LENGTH) {
        left -= INT;
      }
      readWhole(whole);
    }
    return at;
  }

  private void readWhole(int value) {
    switch (field) {
      case LENGTH -> {
        require(value > 0 && value <= LONGEST, "length", value);
        left = value;
        need(1, Field.VERSION);
      }
      case CODEC_NAME -> text(value, 1, Field.KIND);
      case ADDRESS -> text(value, INT, Field.REPLY_ADDRESS);
      case REPLY_ADDRESS -> text(value, INT, Field.SENDER);
      case SENDER -> text(value, INT, Field.HEADERS);
      case HEADERS -> headers(value - INT);
      case HEADER_COUNT -> headerCount(value);
      case HEADER_TEXT -> headerText(value);
      case BODY_LENGTH -> {
        require(value == left, "body length", value);
        body();
      }
      default -> throw new IllegalStateException(field.name());
    }
  }

  private void readByte(byte value) {
    switch (field) {
      case VERSION -> {
        require(value >= 0 && value <= NEWEST_PROTOCOL, "protocol version", value);
        need(1, Field.CODEC);
      }
      case CODEC -> {
        // 16 and 17 are Vert.x's ways of sending objects of any class.
        require(value >= NAMED_CODEC && value <= REPLY_EXCEPTION, "codec", value);
        codec = value;
        if (value == NAMED_CODEC) {
          need(INT, Field.CODEC_NAME);
        } else {
          need(1, Field.KIND);
        }
      }
      case KIND -> need(INT, Field.ADDRESS);
      case FAILURE_FLAG -> {
        if (value == 0) {
          body();
        } else {
          need(INT, Field.BODY_LENGTH);
        }
      }
      default -> throw new IllegalStateException(field.name());
    }
  }

  private void headers(int bytes) {
    require(bytes >= 0 && bytes <= left, "headers length", bytes);
    if (bytes == 0) {
      bodyBegins();
    } else {
      headerBytes = bytes - INT;
      require(headerBytes >= 0, "headers length", bytes);
      need(INT, Field.HEADER_COUNT);
    }
  }

  private void headerCount(int count) {
    require(count >= 0 && count <= headerBytes / (2 * INT), "header count", count);
    headerTexts = 2 * count;
    nextHeaderText();
  }

  private void headerText(int length) {
    headerBytes -= INT + Math.max(0, length);
    require(length >= 0 && headerBytes >= 0, "header length", length);
    skip = length;
    headerTexts--;
    nextHeaderText();
  }

  private void nextHeaderText() {
    if (headerTexts > 0) {
      require(headerBytes >= INT, "header length", headerBytes);
      field = Field.HEADER_TEXT;
    } else {
      require(headerBytes == 0, "headers length", headerBytes);
      bodyBegins();
    }
  }

  /** The body's own length is checked where Vert.x would believe it: texts, buffers and JSON, and what a failure says. */
  private void bodyBegins() {
    switch (codec) {
      case 9, 11, 12, 13, 14 -> need(skip + INT, Field.BODY_LENGTH);
      case REPLY_EXCEPTION -> {
        need(skip + REPLY_EXCEPTION_HEAD + 1, Field.FAILURE_FLAG);
        skip += REPLY_EXCEPTION_HEAD;
      }
      default -> {
        skip = left;
        field = Field.BODY;
      }
    }
  }

  private void body() {
    skip = left;
    field = Field.BODY;
  }

  /** A text to pass over, and at least so many bytes behind it. */
  private void text(int length, int behind, Field next) {
    require(length >= 0 && length <= left - behind, "length of " + field.name().toLowerCase(java.util.Locale.ROOT), length);
    skip = length;
    field = next;
  }

  private void need(int bytes, Field next) {
    require(left >= bytes, "rest", left);
    field = next;
  }

  private static boolean isNumber(Field field) {
    return switch (field) {
      case LENGTH, CODEC_NAME, ADDRESS, REPLY_ADDRESS, SENDER, HEADERS, HEADER_COUNT, HEADER_TEXT, BODY_LENGTH -> true;
      case VERSION, CODEC, KIND, FAILURE_FLAG, BODY -> false;
    };
  }

  private static void require(boolean holds, String what, int value) {
    if (!holds) {
      throw new CorruptFrameException(what + " " + value);
    }
  }
}
