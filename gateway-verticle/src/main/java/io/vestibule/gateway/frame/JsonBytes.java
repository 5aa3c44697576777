package io.vestibule.gateway.frame;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Writes JSON text as bytes, keeping track of commas. For frames, whose shape is known: it checks nothing. One thread at a time; used
 * again after {@link #toBuffer}.
 */
final class JsonBytes {
  private static final int START_SIZE = 512;
  private static final int KEPT_SIZE = 64 * 1024;

  private byte[] bytes = new byte[START_SIZE];
  private int size;
  private boolean comma;

  /** Begins anew, whatever became of the text before. */
  JsonBytes start() {
    size = 0;
    comma = false;
    return open();
  }

  JsonBytes open() {
    separate();
    put('{');
    comma = false;
    return this;
  }

  JsonBytes open(String key) {
    name(key);
    return open();
  }

  JsonBytes close() {
    put('}');
    comma = true;
    return this;
  }

  JsonBytes openList(String key) {
    name(key);
    put('[');
    comma = false;
    return this;
  }

  JsonBytes closeList() {
    put(']');
    comma = true;
    return this;
  }

  /** A member whose value is an array of strings. */
  JsonBytes texts(String key, List<String> values) {
    openList(key);
    values.forEach(value -> {
      separate();
      string(value);
    });
    return closeList();
  }

  /** A member, left out where the value is null. */
  JsonBytes field(String key, String value) {
    if (value != null) {
      name(key);
      string(value);
    }
    return this;
  }

  /** A member whose value is printable ASCII without quotes and backslashes. */
  JsonBytes plain(String key, String value) {
    name(key);
    put('"');
    ascii(value);
    put('"');
    comma = true;
    return this;
  }

  JsonBytes field(String key, long value) {
    name(key);
    ascii(Long.toString(value));
    comma = true;
    return this;
  }

  JsonBytes field(String key, boolean value) {
    name(key);
    ascii(value ? "true" : "false");
    comma = true;
    return this;
  }

  JsonBytes nothing(String key) {
    name(key);
    ascii("null");
    comma = true;
    return this;
  }

  /** A member whose value is JSON text already, left out where it is null. */
  JsonBytes raw(String key, String json) {
    if (json != null) {
      name(key);
      put(json.getBytes(StandardCharsets.UTF_8));
      comma = true;
    }
    return this;
  }

  /** A member whose value is JSON text already; null stands for JSON's null. */
  JsonBytes raw(String key, Buffer json) {
    if (json == null) {
      return nothing(key);
    }
    name(key);
    put(json, 0, json.length());
    comma = true;
    return this;
  }

  /** A member whose value is an array of JSON texts. */
  JsonBytes elements(String key, List<Buffer> values) {
    openList(key);
    values.forEach(value -> {
      separate();
      put(value, 0, value.length());
      comma = true;
    });
    return closeList();
  }

  /** The members of an object that is JSON text already, without its braces. */
  JsonBytes members(Buffer object) {
    int last = object.length() - 1;
    if (last > 1) {
      separate();
      put(object, 1, last);
      comma = true;
    }
    return this;
  }

  Buffer toBuffer() {
    Buffer buffer = Buffer.buffer(size).appendBytes(bytes, 0, size);
    size = 0;
    comma = false;
    if (bytes.length > KEPT_SIZE) {
      bytes = new byte[START_SIZE];
    }
    return buffer;
  }

  private void name(String key) {
    separate();
    put('"');
    ascii(key);
    put('"');
    put(':');
    comma = false;
  }

  private void string(String value) {
    put('"');
    if (isUnicode(value)) {
      put(JsonStringEncoder.getInstance().quoteAsUTF8(value));
    } else {
      escaped(value);
    }
    put('"');
    comma = true;
  }

  /** Whether every surrogate has its other half. */
  private static boolean isUnicode(String value) {
    for (int i = 0; i < value.length(); i++) {
      if (Character.isSurrogate(value.charAt(i))) {
        int codePoint = value.codePointAt(i);
        if (codePoint <= Character.MAX_VALUE) {
          return false;
        }
        i++;
      }
    }
    return true;
  }

  /** Half a surrogate pair can be written in JSON (RFC 8259, section 8.2) but has no UTF-8, so all of a text that has one is written in escapes. */
  private void escaped(String value) {
    for (int i = 0; i < value.length(); i++) {
      ascii(String.format("\\u%04x", (int) value.charAt(i)));
    }
  }

  private void separate() {
    if (comma) {
      put(',');
    }
  }

  private void put(char c) {
    ensure(1);
    bytes[size++] = (byte) c;
  }

  @SuppressWarnings("deprecation") // the copy of low bytes is just what ASCII needs
  private void ascii(String text) {
    int length = text.length();
    ensure(length);
    text.getBytes(0, length, bytes, size);
    size += length;
  }

  private void put(byte[] more) {
    ensure(more.length);
    System.arraycopy(more, 0, bytes, size, more.length);
    size += more.length;
  }

  private void put(Buffer more, int from, int to) {
    ensure(to - from);
    more.getBytes(from, to, bytes, size);
    size += to - from;
  }

  private void ensure(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
    }
  }
}
