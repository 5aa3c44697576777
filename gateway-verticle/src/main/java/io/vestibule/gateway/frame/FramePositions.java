package io.vestibule.gateway.frame;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.vestibule.gateway.log.Position;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** The places in logs that a frame names: one, or one for each of some topics. Scratch space of {@link FrameFields}. */
final class FramePositions {
  private static final String EXPECTED = "an object with the text 'epoch' and the whole number 'offset'";

  private Field one;
  private Position place;
  private Field many;
  private Map<String, Position> places;

  void clear() {
    one = null;
    place = null;
    many = null;
    places = null;
  }

  /** Reads the object that a field begins. What is wrong with it is said when it is asked for, if it is. */
  void read(JsonParser parser, Field field) throws IOException {
    if (field == Field.OFFSETS) {
      many = field;
      places = readPlaces(parser);
    } else {
      one = field;
      place = readPlace(parser);
    }
  }

  /** Null where one of them is none. */
  private static Map<String, Position> readPlaces(JsonParser parser) throws IOException {
    Map<String, Position> found = new HashMap<>();
    boolean wrong = false;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String topic = parser.currentName();
      Position at = parser.nextToken() == JsonToken.START_OBJECT ? readPlace(parser) : null;
      if (at == null) {
        wrong = true;
        FrameFields.skip(parser);
      } else {
        found.put(topic, at);
      }
    }
    return wrong ? null : found;
  }

  /** Null where it is none. */
  private static Position readPlace(JsonParser parser) throws IOException {
    String epoch = null;
    long offset = -1;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      JsonToken kind = parser.nextToken();
      if (name.equals("epoch") && kind == JsonToken.VALUE_STRING) {
        epoch = parser.getText();
      } else if (name.equals("offset") && kind == JsonToken.VALUE_NUMBER_INT) {
        offset = FrameFields.number(parser.getText());
      } else {
        FrameFields.skip(parser);
      }
    }
    return epoch == null || offset < 0 ? null : new Position(Position.epochOf(epoch), offset);
  }

  Position place(Field field) {
    FrameFields.require(field, field == one && place != null, EXPECTED);
    return place;
  }

  Map<String, Position> places(Field field) {
    FrameFields.require(field, field == many && places != null, "an object, and each of its members " + EXPECTED);
    return places;
  }
}
