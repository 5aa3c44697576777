package io.vestibule.gateway.frame;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.vertx.core.buffer.Buffer;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.log.Position;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/**
 * The known fields of one frame, in whatever order they came: what kind of value each has and where in the frame it stands. Scratch space
 * that is cleared and used again.
 */
final class FrameFields {
  private static final int MAX_ID = 256;
  private static final int MAX_DIGITS = 15;
  private static final String SENDER_ID = "senderId";

  private final JsonToken[] kinds = new JsonToken[Field.ALL.length];
  private final String[] texts = new String[Field.ALL.length];
  private final int[] from = new int[Field.ALL.length];
  private final int[] to = new int[Field.ALL.length];
  private byte[] frame;
  private Buffer metadata;
  private final FramePositions positions = new FramePositions();
  private int depth;

  void clear() {
    Arrays.fill(kinds, null);
    Arrays.fill(texts, null);
    // What is not read to its end has no length, and is not sent back.
    Arrays.fill(to, 0);
    frame = null;
    metadata = null;
    positions.clear();
    depth = 0;
  }

  /** Whether reading ended because of the nesting: at the opening of one level more than this many. */
  boolean tooDeep(int maxDepth) {
    return depth > maxDepth;
  }

  void read(JsonFactory json, byte[] bytes) throws IOException {
    frame = bytes;
    // The parser would guess UTF-16 and UTF-32 from zeros and byte order marks; a frame is UTF-8 and has none.
    if (bytes.length < 2 || bytes[0] <= 0 || bytes[1] == 0) {
      throw Failure.of(ErrorReason.NOT_JSON);
    }
    try (JsonParser parser = json.createParser(bytes)) {
      try {
        readFrame(parser);
      } catch (StreamConstraintsException e) {
        depth = parser.getParsingContext().getNestingDepth();
        throw e;
      }
    }
  }

  private void readFrame(JsonParser parser) throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw Failure.of(ErrorReason.NOT_JSON);
    }
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      Field field = Field.of(parser.currentName());
      JsonToken kind = parser.nextToken();
      if (field == null) {
        skip(parser);
      } else {
        readField(parser, field, kind);
      }
    }
    if (parser.nextToken() != null) {
      throw Failure.of(ErrorReason.NOT_JSON);
    }
  }

  private void readField(JsonParser parser, Field field, JsonToken kind) throws IOException {
    int i = field.ordinal();
    if (kinds[i] != null) {
      throw Failure.ofField(ErrorReason.DUPLICATE_KEY, field.key);
    }
    kinds[i] = kind;
    switch (field) {
      case DATA, ID -> {
        from[i] = (int) parser.currentTokenLocation().getByteOffset();
        skip(parser);
        to[i] = (int) parser.currentLocation().getByteOffset();
      }
      case METADATA -> {
        if (kind == JsonToken.START_OBJECT) {
          metadata = copyWithoutSender(parser);
        } else {
          skip(parser);
        }
      }
      case SINCE, RECOVER, OFFSETS -> {
        if (kind == JsonToken.START_OBJECT) {
          positions.read(parser, field);
        } else {
          skip(parser);
        }
      }
      default -> {
        if (kind == JsonToken.VALUE_STRING || kind == JsonToken.VALUE_NUMBER_INT) {
          texts[i] = parser.getText();
        } else {
          skip(parser);
        }
      }
    }
  }

  static void skip(JsonParser parser) throws IOException {
    parser.skipChildren();
    // A string is read lazily; without this it would be neither checked nor passed over.
    parser.finishToken();
  }

  /** Copies an object as it stands, without the member that only the server may set. */
  private Buffer copyWithoutSender(JsonParser parser) throws IOException {
    Buffer copy = Buffer.buffer().appendByte((byte) '{');
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      boolean forged = SENDER_ID.equals(parser.currentName());
      int start = (int) parser.currentTokenLocation().getByteOffset();
      parser.nextToken();
      parser.skipChildren();
      parser.finishToken();
      int end = (int) parser.currentLocation().getByteOffset();
      if (!forged) {
        if (copy.length() > 1) {
          copy.appendByte((byte) ',');
        }
        copy.appendBytes(frame, start, end - start);
      }
    }
    return copy.appendByte((byte) '}');
  }

  boolean has(Field field) {
    JsonToken kind = kinds[field.ordinal()];
    return kind != null && kind != JsonToken.VALUE_NULL;
  }

  String requireString(Field field) {
    if (!has(field)) {
      throw missing(field);
    }
    return string(field);
  }

  /** The string of a field, or null where it is missing or null. */
  String string(Field field) {
    if (!has(field)) {
      return null;
    }
    require(field, kinds[field.ordinal()] == JsonToken.VALUE_STRING, "a string");
    return texts[field.ordinal()];
  }

  /** A string of at most so many characters, or null where it is missing or null. */
  String shortString(Field field) {
    String text = string(field);
    if (text != null && text.length() > MAX_ID) {
      throw Failure.ofField(ErrorReason.INVALID_VALUE, field.key, "The field '" + field.key + "' is longer than " + MAX_ID + " characters.");
    }
    return text;
  }

  String stringOrNull(Field field) {
    return kinds[field.ordinal()] == JsonToken.VALUE_STRING ? texts[field.ordinal()] : null;
  }

  boolean flag(Field field, boolean otherwise) {
    if (!has(field)) {
      return otherwise;
    }
    JsonToken kind = kinds[field.ordinal()];
    require(field, kind.isBoolean(), "true or false");
    return kind == JsonToken.VALUE_TRUE;
  }

  boolean requireFlag(Field field) {
    if (!has(field)) {
      throw missing(field);
    }
    return flag(field, false);
  }

  /** A whole number in a range, or what holds where it is missing or null. */
  int integer(Field field, int least, int most, int otherwise) {
    if (!has(field)) {
      return otherwise;
    }
    require(field, kinds[field.ordinal()] == JsonToken.VALUE_NUMBER_INT, "a whole number");
    long number = number(texts[field.ordinal()]);
    if (number < least || number > most) {
      throw Failure.ofField(ErrorReason.INVALID_VALUE, field.key, "The field '" + field.key + "' must be from " + least + " to " + most + ".");
    }
    return (int) number;
  }

  /** A whole number that is not negative. */
  long requireOffset(Field field) {
    if (!has(field)) {
      throw missing(field);
    }
    boolean whole = kinds[field.ordinal()] == JsonToken.VALUE_NUMBER_INT;
    long number = whole ? number(texts[field.ordinal()]) : -1;
    require(field, number >= 0, "a whole number that is not negative");
    return number;
  }

  /** Whether it is there, and says null or false. */
  boolean isNothing(Field field) {
    JsonToken kind = kinds[field.ordinal()];
    return kind == JsonToken.VALUE_NULL || kind == JsonToken.VALUE_FALSE;
  }

  /** A place in a log, or null where it is missing, null or false. */
  Position position(Field field) {
    boolean none = !has(field) || field == Field.RECOVER && kinds[field.ordinal()] == JsonToken.VALUE_FALSE;
    return none || positions.since() != null ? null : positions.place(field);
  }

  /** How far one is in the topics of a pattern; null where it is missing, or another form of a place. */
  ClientFrame.Since since(Field field) {
    return has(field) ? positions.since() : null;
  }

  /** Places in logs, by their topics. */
  Map<String, Position> places(Field field) {
    return has(field) ? positions.places(field) : Map.of();
  }

  /** A number that is not negative and as exact in JavaScript; -1 for any other. */
  static long number(String digits) {
    return digits.length() <= MAX_DIGITS && digits.charAt(0) != '-' ? Long.parseLong(digits) : -1;
  }

  /** Any JSON value as it stands in the frame; JSON's null is one. */
  Buffer requireJson(Field field) {
    int i = field.ordinal();
    if (kinds[i] == null) {
      throw missing(field);
    }
    return Buffer.buffer(to[i] - from[i]).appendBytes(frame, from[i], to[i] - from[i]);
  }

  /** An object as it stands in the frame, or null where it is missing or null. */
  Buffer object(Field field) {
    if (!has(field)) {
      return null;
    }
    require(field, kinds[field.ordinal()] == JsonToken.START_OBJECT, "an object");
    return requireJson(field);
  }

  private static Failure missing(Field field) {
    return Failure.ofField(ErrorReason.MISSING_FIELD, field.key, "The field '" + field.key + "' is missing.");
  }

  Buffer metadata() {
    if (has(Field.METADATA)) {
      require(Field.METADATA, metadata != null, "an object");
    }
    return metadata;
  }

  /** The id as JSON text. */
  String id() {
    if (!has(Field.ID)) {
      return null;
    }
    JsonToken kind = kinds[Field.ID.ordinal()];
    require(Field.ID, kind == JsonToken.VALUE_STRING || kind.isNumeric(), "a string or a number");
    if (to[Field.ID.ordinal()] - from[Field.ID.ordinal()] > MAX_ID) {
      throw Failure.ofField(ErrorReason.INVALID_VALUE, Field.ID.key, "The field 'id' is longer than " + MAX_ID + " bytes.");
    }
    return idOrNull();
  }

  /** The id where it is one that can be echoed, else null. */
  String idOrNull() {
    int i = Field.ID.ordinal();
    JsonToken kind = kinds[i];
    boolean echoable = kind != null && kind.isScalarValue() && kind != JsonToken.VALUE_NULL && !kind.isBoolean()
        && to[i] > from[i] && to[i] - from[i] <= MAX_ID;
    return echoable ? new String(frame, from[i], to[i] - from[i], StandardCharsets.UTF_8) : null;
  }

  static void require(Field field, boolean holds, String expected) {
    if (!holds) {
      throw Failure.ofField(ErrorReason.WRONG_TYPE, field.key, "The field '" + field.key + "' must be " + expected + ".");
    }
  }
}
