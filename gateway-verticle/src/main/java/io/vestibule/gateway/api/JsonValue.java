package io.vestibule.gateway.api;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.Json;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A value in a body, as it stands there: looked into on demand, and handed on as it came without being parsed and printed again. {@link JsonReader} has
 * checked the text.
 */
public final class JsonValue {
  private final JsonReader reader;
  private final byte[] text;
  private final int from;
  private final int to;
  private final JsonToken kind;
  private final String path;

  JsonValue(JsonReader reader, byte[] text, int from, int to, JsonToken kind, String path) {
    this.reader = reader;
    this.text = text;
    this.from = from;
    this.to = to;
    this.kind = kind;
    this.path = path;
  }

  /** Where it stands in the body, {@code commands[3].publish.topic}; empty for the body itself. */
  public String path() {
    return path;
  }

  /** Whether it is JSON's null. */
  public boolean isNull() {
    return kind == JsonToken.VALUE_NULL;
  }

  /** The value as text, in a buffer of its own. */
  public Buffer raw() {
    return Buffer.buffer(to - from).appendBytes(text, from, to - from);
  }

  /**
   * The string.
   *
   * @throws Failure {@code WRONG_TYPE}
   */
  public String string() {
    require(kind == JsonToken.VALUE_STRING, "a string");
    try (JsonParser parser = reader.parse(text, from, to)) {
      parser.nextToken();
      return parser.getText();
    } catch (IOException e) {
      throw checkedBefore(e);
    }
  }

  /**
   * The whole number.
   *
   * @param least the smallest that is permitted
   * @param most the largest
   * @throws Failure {@code WRONG_TYPE}, or {@code INVALID_VALUE} where it is out of range
   */
  public int integer(int least, int most) {
    return (int) number(least, most);
  }

  /** As {@link #integer}, of a wider range. */
  public long number(long least, long most) {
    require(kind == JsonToken.VALUE_NUMBER_INT, "a whole number");
    try (JsonParser parser = reader.parse(text, from, to)) {
      parser.nextToken();
      BigInteger value = parser.getBigIntegerValue();
      if (value.compareTo(BigInteger.valueOf(least)) < 0 || value.compareTo(BigInteger.valueOf(most)) > 0) {
        throw Failure.ofField(ErrorReason.INVALID_VALUE, path, "The field '" + path + "' must be from " + least + " to " + most + ".");
      }
      return value.longValue();
    } catch (IOException e) {
      throw checkedBefore(e);
    }
  }

  /**
   * The truth value.
   *
   * @throws Failure {@code WRONG_TYPE}
   */
  public boolean bool() {
    require(kind == JsonToken.VALUE_TRUE || kind == JsonToken.VALUE_FALSE, "true or false");
    return kind == JsonToken.VALUE_TRUE;
  }

  /**
   * The members of the object.
   *
   * @throws Failure {@code WRONG_TYPE}, or {@code DUPLICATE_KEY}
   */
  public Map<String, JsonValue> members() {
    require(kind == JsonToken.START_OBJECT, "an object");
    Map<String, JsonValue> members = new LinkedHashMap<>();
    try (JsonParser parser = reader.parse(text, from, to)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        String where = path.isEmpty() ? name : path + "." + name;
        if (members.put(name, current(parser, where)) != null) {
          throw Failure.ofField(ErrorReason.DUPLICATE_KEY, where, "The key '" + where + "' appears twice.");
        }
      }
    } catch (IOException e) {
      throw checkedBefore(e);
    }
    return members;
  }

  /**
   * The elements of the array.
   *
   * @param most how many it may have; it must have one at least
   * @throws Failure {@code WRONG_TYPE}, or {@code INVALID_VALUE} for too many or none
   */
  public List<JsonValue> elements(int most) {
    require(kind == JsonToken.START_ARRAY, "an array");
    List<JsonValue> elements = new ArrayList<>();
    try (JsonParser parser = reader.parse(text, from, to)) {
      parser.nextToken();
      while (parser.nextToken() != JsonToken.END_ARRAY && elements.size() <= most) {
        elements.add(current(parser, path + "[" + elements.size() + "]"));
      }
    } catch (IOException e) {
      throw checkedBefore(e);
    }
    if (elements.isEmpty() || elements.size() > most) {
      throw Failure.ofField(ErrorReason.INVALID_VALUE, path, "The field '" + path + "' must have 1 to " + most + " elements.").with("limit", most);
    }
    return elements;
  }

  /**
   * The object as text, without one of its members.
   *
   * @throws Failure {@code WRONG_TYPE}, or {@code DUPLICATE_KEY}
   */
  public Buffer objectWithout(String unwanted) {
    Map<String, JsonValue> members = members();
    if (!members.containsKey(unwanted)) {
      return raw();
    }
    members.remove(unwanted);
    Buffer copy = Buffer.buffer(to - from).appendByte((byte) '{');
    members.forEach((name, value) -> {
      if (copy.length() > 1) {
        copy.appendByte((byte) ',');
      }
      copy.appendBuffer(Json.encodeToBuffer(name)).appendByte((byte) ':').appendBytes(text, value.from, value.to - value.from);
    });
    return copy.appendByte((byte) '}');
  }

  private JsonValue current(JsonParser parser, String where) throws IOException {
    JsonToken token = parser.currentToken();
    int start = from + (int) parser.currentTokenLocation().getByteOffset();
    parser.skipChildren();
    // A string is read lazily; without this its end would not be known.
    parser.finishToken();
    return new JsonValue(reader, text, start, from + (int) parser.currentLocation().getByteOffset(), token, where);
  }

  private void require(boolean holds, String expected) {
    if (!holds) {
      throw Failure.ofField(ErrorReason.WRONG_TYPE, path, "The field '" + path + "' must be " + expected + ".");
    }
  }

  private static IllegalStateException checkedBefore(IOException e) {
    return new IllegalStateException("the reader has checked this text", e);
  }
}
