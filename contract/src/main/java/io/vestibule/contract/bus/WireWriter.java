package io.vestibule.contract.bus;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Writes the fields of a bus message, big-endian, in the order of the record's components. Not thread-safe; lives for one
 * encoding.
 */
public final class WireWriter {
  private static final int ABSENT = -1;

  private final Buffer out;

  public WireWriter(Buffer out) {
    this.out = out;
  }

  public WireWriter putByte(int value) {
    out.appendByte((byte) value);
    return this;
  }

  public WireWriter putBoolean(boolean value) {
    out.appendByte((byte) (value ? 1 : 0));
    return this;
  }

  public WireWriter putInt(int value) {
    out.appendInt(value);
    return this;
  }

  public WireWriter putLong(long value) {
    out.appendLong(value);
    return this;
  }

  /** Writes a string as a four-byte length and UTF-8; null is permitted. */
  public WireWriter putString(String value) {
    if (value == null) {
      out.appendInt(ABSENT);
    } else {
      byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
      out.appendInt(bytes.length).appendBytes(bytes);
    }
    return this;
  }

  /** Writes bytes as a four-byte length and the bytes; null is permitted. */
  public WireWriter putBuffer(Buffer value) {
    if (value == null) {
      out.appendInt(ABSENT);
    } else {
      out.appendInt(value.length()).appendBuffer(value);
    }
    return this;
  }

  /** Writes a list as a four-byte size and its elements. */
  public <T> WireWriter putList(List<T> values, BiConsumer<WireWriter, ? super T> element) {
    out.appendInt(values.size());
    values.forEach(value -> element.accept(this, value));
    return this;
  }

  public WireWriter putStrings(List<String> values) {
    out.appendInt(values.size());
    values.forEach(this::putString);
    return this;
  }
}
