package io.vestibule.gateway.frame;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.log.Position;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The places in logs that a frame names: one, or one for each of some topics. Scratch space of {@link FrameFields}. */
final class FramePositions {
  private static final String EXPECTED = "an object with the text 'epoch' and the whole number 'offset'";
  private static final String RECOVER = "false, or " + EXPECTED + ", or for a pattern with the time 'at' and the object 'topics' of such objects";

  private static final Set<String> KNOWN = Set.of("epoch", "offset", "at", "topics");

  private Field one;
  private Position place;
  private Field many;
  private Map<String, Position> places;
  private ClientFrame.Since since;

  void clear() {
    one = null;
    place = null;
    many = null;
    places = null;
    since = null;
  }

  /** Reads the object that a field begins. What is wrong with it is said when it is asked for, if it is. */
  void read(JsonParser parser, Field field) throws IOException {
    if (field == Field.OFFSETS) {
      many = field;
      places = readPlaces(parser, field);
    } else {
      one = field;
      readPlace(parser, field, field == Field.RECOVER);
    }
  }

  /** One place, or where a pattern may stand those of its topics. What is said twice is an error here, too: nobody can tell which of them is meant. */
  private void readPlace(JsonParser parser, Field field, boolean pattern) throws IOException {
    String epoch = null;
    long offset = -1;
    long atMs = -1;
    Map<String, Position> topics = Map.of();
    Set<String> names = new HashSet<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      requireNew(KNOWN.contains(name) && !names.add(name), field);
      JsonToken kind = parser.nextToken();
      if (name.equals("epoch") && kind == JsonToken.VALUE_STRING) {
        epoch = parser.getText();
      } else if (name.equals("offset") && kind == JsonToken.VALUE_NUMBER_INT) {
        offset = FrameFields.number(parser.getText());
      } else if (pattern && name.equals("at") && kind == JsonToken.VALUE_STRING) {
        atMs = Timestamps.parsed(parser.getText());
      } else if (pattern && name.equals("topics") && kind == JsonToken.START_OBJECT) {
        topics = readPlaces(parser, field);
      } else {
        FrameFields.skip(parser);
      }
    }
    place = epoch == null || offset < 0 ? null : new Position(Position.epochOf(epoch), offset);
    since = atMs < 0 || topics == null ? null : new ClientFrame.Since(topics, atMs);
  }

  /** Null where one of them is none. */
  private static Map<String, Position> readPlaces(JsonParser parser, Field field) throws IOException {
    Map<String, Position> found = new HashMap<>();
    boolean wrong = false;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String topic = parser.currentName();
      Position at = parser.nextToken() == JsonToken.START_OBJECT ? placeOf(parser, field) : null;
      if (at == null) {
        wrong = true;
        FrameFields.skip(parser);
      } else {
        requireNew(found.put(topic, at) != null, field);
      }
    }
    return wrong ? null : found;
  }

  /** Null where it is none. */
  private static Position placeOf(JsonParser parser, Field field) throws IOException {
    FramePositions read = new FramePositions();
    read.readPlace(parser, field, false);
    return read.place;
  }

  private static void requireNew(boolean isTwice, Field field) {
    if (isTwice) {
      throw Failure.ofField(ErrorReason.DUPLICATE_KEY, field.key);
    }
  }

  Position place(Field field) {
    FrameFields.require(field, field == one && place != null, field == Field.RECOVER ? RECOVER : EXPECTED);
    return place;
  }

  /** How far one is in the topics of a pattern; null where that was not said. */
  ClientFrame.Since since() {
    return since;
  }

  Map<String, Position> places(Field field) {
    FrameFields.require(field, field == many && places != null, "an object, and each of its members " + EXPECTED);
    return places;
  }
}
