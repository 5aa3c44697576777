package io.vestibule.bench.load;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * What a measured message carries in its {@code data}: a JSON string of fixed layout, {@code ~vb~RRRRRRRRPPPPSSSSSSSSTTTTTTTTTTTTTTTT}
 * and filler, all hexadecimal: the run, the publisher, the sequence number within the publisher, and the time in nanoseconds since the run
 * began at which the message was due (not when it was really sent: what a late sender hides, the latency must show).
 */
public final class Mark {
  /** Bytes of the shortest {@code data}, with its quotes. */
  public static final int SMALLEST = 42;

  /** Publishers of a run, at most. */
  public static final int MAX_PUBLISHERS = 0x10000;

  private static final byte[] MAGIC = "~vb~".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final int RUN = 4;
  private static final int PUBLISHER = 12;
  private static final int SEQUENCE = 16;
  private static final int TIME = 24;
  private static final int END = 40;

  private Mark() {}

  /** A whole {@code data} value of so many bytes, marked for a run and a publisher; sequence and time are to be {@link #stamp}ed. */
  public static byte[] data(int size, int run, int publisher) {
    if (size < SMALLEST) {
      throw new IllegalArgumentException("a marked message has at least " + SMALLEST + " bytes, not " + size);
    }
    byte[] data = "x".repeat(size).getBytes(StandardCharsets.US_ASCII);
    data[0] = '"';
    data[size - 1] = '"';
    System.arraycopy(MAGIC, 0, data, 1, MAGIC.length);
    write(data, 1 + RUN, PUBLISHER - RUN, run & 0xFFFFFFFFL);
    write(data, 1 + PUBLISHER, SEQUENCE - PUBLISHER, publisher);
    return data;
  }

  /** Writes sequence number and due time into a {@code data} value that begins at an offset of these bytes. */
  public static void stamp(byte[] bytes, int offset, int sequence, long dueNanos) {
    write(bytes, offset + 1 + SEQUENCE, TIME - SEQUENCE, sequence);
    write(bytes, offset + 1 + TIME, END - TIME, dueNanos);
  }

  /** Whether a marked {@code data} value begins here. */
  public static boolean isAt(ByteBuf bytes, int at, int to) {
    if (at < 0 || at + SMALLEST > to || bytes.getByte(at) != '"') {
      return false;
    }
    for (int i = 0; i < MAGIC.length; i++) {
      if (bytes.getByte(at + 1 + i) != MAGIC[i]) {
        return false;
      }
    }
    return true;
  }

  /** The run of a message. */
  public static int run(ByteBuf bytes, int at) {
    return (int) read(bytes, at + 1 + RUN, PUBLISHER - RUN);
  }

  /** Who published it, counted from 0. */
  public static int publisher(ByteBuf bytes, int at) {
    return (int) read(bytes, at + 1 + PUBLISHER, SEQUENCE - PUBLISHER);
  }

  /** Its number among those of its publisher, from 0. */
  public static int sequence(ByteBuf bytes, int at) {
    return (int) read(bytes, at + 1 + SEQUENCE, TIME - SEQUENCE);
  }

  /** When it was due, in nanoseconds since the run began. */
  public static long dueNanos(ByteBuf bytes, int at) {
    return read(bytes, at + 1 + TIME, END - TIME);
  }

  private static void write(byte[] bytes, int at, int digits, long value) {
    for (int i = digits - 1, shift = 0; i >= 0; i--, shift += 4) {
      bytes[at + i] = HEX[(int) (value >>> shift) & 0xF];
    }
  }

  /** What is not a digit reads as some number: the ledger refuses what it never sent. */
  private static long read(ByteBuf bytes, int at, int digits) {
    long value = 0;
    for (int i = 0; i < digits; i++) {
      int c = bytes.getByte(at + i);
      value = value << 4 | (c <= '9' ? c - '0' : c - 'a' + 10) & 0xF;
    }
    return value;
  }
}
