package io.vestibule.gateway.auth;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Reads JSON objects from strangers: UTF-8 only, a key once only, nothing after the object, shallow, numbers of bounded length.
 * Two readers that disagree about a duplicate key are how signed tokens come to mean two things (RFC 8725, section 2.4).
 */
final class StrictJson {
  /** Levels of nesting in a header, a payload or a key set. */
  static final int MAX_DEPTH = 32;

  private static final ObjectReader OBJECTS =
      new ObjectMapper(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).maxNumberLength(40).build())
                  .build())
          .readerForMapOf(Object.class)
          .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private StrictJson() {}

  /**
   * Reads one object.
   *
   * @throws NotJson if the bytes are anything else
   */
  static Map<String, Object> object(byte[] bytes) throws NotJson {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      Map<String, Object> object = OBJECTS.readValue(text);
      if (object == null) {
        throw new NotJson("not an object");
      }
      return object;
    } catch (CharacterCodingException e) {
      throw new NotJson("not UTF-8");
    } catch (JsonProcessingException e) {
      // The original message quotes the input, and the input may be a token.
      throw new NotJson("not a JSON object");
    } catch (IOException e) {
      throw new NotJson("unreadable");
    }
  }

  /** The bytes were not one strict JSON object. The message never quotes them. */
  static final class NotJson extends Exception {
    private static final long serialVersionUID = 1L;

    NotJson(String message) {
      super(message, null, false, false);
    }
  }
}
