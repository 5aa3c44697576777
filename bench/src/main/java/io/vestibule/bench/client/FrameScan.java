package io.vestibule.bench.client;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * Finds one member of a JSON object by walking over its bytes: nothing is decoded and nothing allocated, because the client shares its
 * processors with the server it measures. Order of members and white space do not matter; malformed text reads as "absent".
 */
public final class FrameScan {
  private FrameScan() {}

  /** The bytes of a member's name, to be searched for. Names with escapes are not found. */
  public static byte[] key(String name) {
    return name.getBytes(StandardCharsets.US_ASCII);
  }

  /** Where the value of a member of the outermost object begins, or -1. */
  public static int find(ByteBuf bytes, int from, int to, byte[] key) {
    int at = skipSpace(bytes, from, to);
    if (at >= to || bytes.getByte(at) != '{') {
      return -1;
    }
    at = skipSpace(bytes, at + 1, to);
    while (at < to && bytes.getByte(at) == '"') {
      int end = endOfString(bytes, at, to);
      boolean found = end - at - 2 == key.length && matches(bytes, at + 1, key);
      at = skipSpace(bytes, end, to);
      if (at >= to || bytes.getByte(at) != ':') {
        return -1;
      }
      at = skipSpace(bytes, at + 1, to);
      if (found) {
        return at < to ? at : -1;
      }
      at = skipSpace(bytes, endOfValue(bytes, at, to), to);
      if (at >= to || bytes.getByte(at) != ',') {
        return -1;
      }
      at = skipSpace(bytes, at + 1, to);
    }
    return -1;
  }

  /** Whether the value at a place is the string of exactly these bytes. */
  public static boolean isString(ByteBuf bytes, int at, int to, byte[] text) {
    return at >= 0
        && at + text.length + 2 <= to
        && bytes.getByte(at) == '"'
        && bytes.getByte(at + text.length + 1) == '"'
        && matches(bytes, at + 1, text);
  }

  /** Whether the value at a place is a string that begins with these bytes. */
  public static boolean startsWith(ByteBuf bytes, int at, int to, byte[] text) {
    return at >= 0 && at + text.length + 1 <= to && bytes.getByte(at) == '"' && matches(bytes, at + 1, text);
  }

  /** The string at a place, its escapes left as they are; null when there is none. */
  public static String string(ByteBuf bytes, int at, int to) {
    if (at < 0 || at >= to || bytes.getByte(at) != '"') {
      return null;
    }
    int end = endOfString(bytes, at, to);
    return end > to || end - at < 2 ? null : bytes.toString(at + 1, end - at - 2, StandardCharsets.UTF_8);
  }

  /** The whole number at a place, which is not negative; -1 when there is none. */
  public static long number(ByteBuf bytes, int at, int to) {
    long number = -1;
    for (int digit = at; digit >= 0 && digit < to && bytes.getByte(digit) >= '0' && bytes.getByte(digit) <= '9'; digit++) {
      number = Math.max(0, number) * 10 + bytes.getByte(digit) - '0';
    }
    return number;
  }

  /** Where the first element of the array at a place begins; -1 when there is none. */
  public static int firstElement(ByteBuf bytes, int array, int to) {
    if (array < 0 || array >= to || bytes.getByte(array) != '[') {
      return -1;
    }
    int at = skipSpace(bytes, array + 1, to);
    return at < to && bytes.getByte(at) != ']' ? at : -1;
  }

  /** Where the element of an array begins that comes after the one at a place; -1 when that is the last. */
  public static int nextElement(ByteBuf bytes, int element, int to) {
    int at = skipSpace(bytes, endOfValue(bytes, element, to), to);
    if (at >= to || bytes.getByte(at) != ',') {
      return -1;
    }
    at = skipSpace(bytes, at + 1, to);
    return at < to ? at : -1;
  }

  private static boolean matches(ByteBuf bytes, int at, byte[] text) {
    for (int i = 0; i < text.length; i++) {
      if (bytes.getByte(at + i) != text[i]) {
        return false;
      }
    }
    return true;
  }

  private static int skipSpace(ByteBuf bytes, int from, int to) {
    int at = from;
    while (at < to && bytes.getByte(at) <= ' ' && bytes.getByte(at) >= 0) {
      at++;
    }
    return at;
  }

  /** The place after the closing quote; {@code to + 1} when there is none. */
  private static int endOfString(ByteBuf bytes, int quote, int to) {
    for (int at = quote + 1; at < to; at++) {
      byte b = bytes.getByte(at);
      if (b == '"') {
        return at + 1;
      }
      if (b == '\\') {
        at++;
      }
    }
    return to + 1;
  }

  private static int endOfValue(ByteBuf bytes, int from, int to) {
    int depth = 0;
    int at = from;
    while (at < to) {
      byte b = bytes.getByte(at);
      if (b == '"') {
        at = endOfString(bytes, at, to);
        if (depth == 0) {
          return at;
        }
        continue;
      }
      if (b == '{' || b == '[') {
        depth++;
      } else if (b == '}' || b == ']') {
        if (depth == 0) {
          return at;
        }
        if (--depth == 0) {
          return at + 1;
        }
      } else if (b == ',' && depth == 0) {
        return at;
      }
      at++;
    }
    return to;
  }
}
