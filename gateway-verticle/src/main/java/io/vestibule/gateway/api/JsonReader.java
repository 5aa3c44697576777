package io.vestibule.gateway.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.frame.FrameDecoder;
import java.io.IOException;

/** Reads bodies from strangers: checks the whole text once, so that {@link JsonValue} can look into it without fear. Any thread. */
public final class JsonReader {
  private static final int MAX_LITERAL = 256;
  private static final byte BYTE_ORDER_MARK = (byte) 0xEF;

  private final JsonFactory json;
  private final int maxDepth;

  /**
   * A reader.
   *
   * @param maxDepth how deeply objects and arrays may be nested, the body itself being the first level
   */
  public JsonReader(int maxDepth) {
    this.maxDepth = maxDepth;
    this.json = JsonFactory.builder()
        .streamReadConstraints(StreamReadConstraints.builder()
            .maxNestingDepth(maxDepth + 1).maxNameLength(MAX_LITERAL).maxNumberLength(MAX_LITERAL).build())
        // Names come from strangers: an intern table of theirs would only grow.
        .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
        .build();
  }

  /**
   * Reads a body.
   *
   * @throws Failure {@code NOT_JSON} for what is no JSON object in UTF-8, {@code TOO_DEEP}, or {@code INVALID_VALUE} for a name or number without end
   */
  public JsonValue read(byte[] body) {
    // The parser would guess UTF-16 and UTF-32, and skip a byte order mark; a body is UTF-8 and has none (RFC 8259, section 8.1).
    if (body.length < 2 || body[0] == BYTE_ORDER_MARK || body[0] == 0 || body[1] == 0 || !FrameDecoder.isText(body)) {
      throw Failure.of(ErrorReason.NOT_JSON, "The body is not a JSON object in UTF-8.");
    }
    try (JsonParser parser = json.createParser(body)) {
      check(parser);
    } catch (StreamConstraintsException e) {
      throw Failure.of(ErrorReason.INVALID_VALUE, "A name or a number of the body is longer than " + MAX_LITERAL + " characters.");
    } catch (JsonProcessingException e) {
      // Its message quotes the body; where it broke is enough.
      throw Failure.of(ErrorReason.NOT_JSON, "The body is not valid JSON.")
          .with("line", e.getLocation().getLineNr()).with("column", e.getLocation().getColumnNr());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return new JsonValue(this, body, 0, body.length, JsonToken.START_OBJECT, "");
  }

  private void check(JsonParser parser) throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw Failure.of(ErrorReason.NOT_JSON, "The body is not a JSON object.");
    }
    for (int depth = 1; depth > 0; ) {
      JsonToken token = parser.nextToken();
      depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
      if (depth > maxDepth) {
        throw Failure.of(ErrorReason.TOO_DEEP).with("limit", maxDepth);
      }
    }
    if (parser.nextToken() != null) {
      throw Failure.of(ErrorReason.NOT_JSON, "Something follows the JSON object in the body.");
    }
  }

  /** Parses a part of a text that was checked. */
  JsonParser parse(byte[] text, int from, int to) throws IOException {
    return json.createParser(text, from, to - from);
  }
}
