package io.vestibule.contract.bus;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Reads what {@link WireWriter} wrote. Every length is checked against what is there, so that bytes of a stranger cost an
 * exception and never memory.
 */
public final class WireReader {
  private final Buffer in;
  private int at;

  public WireReader(int at, Buffer in) {
    this.at = at;
    this.in = in;
  }

  public byte getByte() {
    return in.getByte(advance(1));
  }

  public boolean getBoolean() {
    return getByte() != 0;
  }

  public int getInt() {
    return in.getInt(advance(4));
  }

  public long getLong() {
    return in.getLong(advance(8));
  }

  public String getString() {
    int length = getInt();
    if (length < 0) {
      return null;
    }
    int from = advance(length);
    return in.getString(from, from + length, "UTF-8");
  }

  /** Reads bytes into a buffer of their own, which outlives the message they came in. */
  public Buffer getBuffer() {
    int length = getInt();
    if (length < 0) {
      return null;
    }
    int from = advance(length);
    return in.getBuffer(from, from + length);
  }

  public List<String> getStrings() {
    return getList(WireReader::getString);
  }

  /** Reads a list whose elements take at least one byte each. */
  public <T> List<T> getList(Function<WireReader, T> element) {
    int size = getInt();
    if (size < 0 || size > in.length() - at) {
      throw new IllegalArgumentException("a list of " + size + " elements cannot be in this message");
    }
    List<T> values = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      values.add(element.apply(this));
    }
    return values;
  }

  /** Whether everything has been read. */
  public boolean atEnd() {
    return at == in.length();
  }

  private int advance(int length) {
    int from = at;
    if (length < 0 || length > in.length() - from) {
      throw new IllegalArgumentException("the message ends before its field of " + length + " bytes");
    }
    at = from + length;
    return from;
  }
}
