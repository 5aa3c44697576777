package io.vestibule.gateway.frame;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.log.History;
import java.io.IOException;

/**
 * Reads client frames in one pass over their bytes. {@code data} and {@code metadata} are checked and kept as text, never made into objects, because the
 * server only hands them on. Pure; one for each event loop, because it reuses its scratch space.
 */
public final class FrameDecoder {
  private static final int MAX_NUMBER = 256;

  private final JsonFactory json;
  private final int maxDepth;
  private final FrameFields fields = new FrameFields();

  /**
   * A decoder.
   *
   * @param maxDepth how deeply objects and arrays may be nested, the frame itself being the first level
   */
  public FrameDecoder(int maxDepth) {
    this.maxDepth = maxDepth;
    this.json = JsonFactory.builder()
        .streamReadConstraints(StreamReadConstraints.builder()
            .maxNestingDepth(maxDepth).maxNumberLength(MAX_NUMBER)
            // Texts and names are as long as the message lets them be.
            .maxStringLength(Integer.MAX_VALUE).maxNameLength(Integer.MAX_VALUE).build())
        // Names come from strangers and must not fill the JVM's table of interned strings. The parser's own table of names bounds itself.
        .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
        .build();
  }

  /** Whether these bytes may be a text frame at all; where not, the connection has to end (RFC 6455, section 8.1). */
  public static boolean isText(byte[] frame) {
    return Utf8.isValid(frame);
  }

  /**
   * Reads a frame.
   *
   * @param frame the whole frame, UTF-8
   * @throws FrameFailure with {@code NOT_JSON} for what is no JSON object, else with what is wrong with it
   */
  public ClientFrame decode(byte[] frame) throws FrameFailure {
    fields.clear();
    try {
      fields.read(json, frame);
      return build();
    } catch (Failure failure) {
      throw refused(failure);
    } catch (StreamConstraintsException e) {
      throw refused(fields.tooDeep(maxDepth)
          ? Failure.of(ErrorReason.TOO_DEEP).with("limit", maxDepth)
          : Failure.of(ErrorReason.INVALID_VALUE, "A number has more than " + MAX_NUMBER + " digits."));
    } catch (IOException e) {
      throw refused(Failure.of(ErrorReason.NOT_JSON));
    }
  }

  private ClientFrame build() {
    String type = fields.requireString(Field.TYPE);
    String id = fields.id();
    return switch (type) {
      case "message" -> new ClientFrame.Message(id, fields.requireString(Field.TOPIC), fields.requireJson(Field.DATA),
          fields.shortString(Field.EVENT_TYPE), fields.metadata(), fields.shortString(Field.MESSAGE_ID), fields.flag(Field.ECHO, true));
      case "subscribe" -> new ClientFrame.Subscribe(id, fields.requireString(Field.TOPIC), fields.flag(Field.PRESENCE, false),
          fields.position(Field.RECOVER), fields.since(Field.RECOVER), fields.isNothing(Field.RECOVER),
          fields.flag(Field.JOIN, false));
      case "unsubscribe" -> new ClientFrame.Unsubscribe(id, fields.requireString(Field.TOPIC), fields.flag(Field.LEAVE, false));
      case "typing" -> new ClientFrame.Typing(id, fields.requireString(Field.TOPIC), fields.requireFlag(Field.TYPING));
      case "ping" -> new ClientFrame.Ping(id);
      case "auth" -> new ClientFrame.Auth(id, fields.requireString(Field.TOKEN), fields.string(Field.QUEUE),
          fields.shortString(Field.DEVICE));
      case "reconnect_attempt" -> new ClientFrame.Reconnect(id, fields.requireString(Field.TOKEN), fields.places(Field.OFFSETS));
      case "refresh" -> new ClientFrame.Refresh(id, fields.requireString(Field.TOKEN));
      case "health_check" -> new ClientFrame.HealthCheck(id);
      case "leave" -> new ClientFrame.Leave(id);
      case "presence" -> new ClientFrame.Presence(id, fields.requireString(Field.TOPIC));
      case "presence_update" -> new ClientFrame.PresenceUpdate(id, fields.requireString(Field.STATUS), fields.object(Field.DATA));
      case "history" -> new ClientFrame.ReadHistory(id, new History.Query(fields.requireString(Field.TOPIC), fields.position(Field.SINCE),
          fields.integer(Field.LIMIT, 1, History.MOST, History.USUAL), fields.flag(Field.REVERSE, false)));
      case "ack" -> new ClientFrame.Ack(id, fields.requireString(Field.TOPIC), fields.requireOffset(Field.OFFSET), fields.shortString(Field.EPOCH),
          fields.flag(Field.READ, false));
      case "rpc" ->
          new ClientFrame.Unserved(id, type);
      default -> throw Failure.ofField(ErrorReason.UNKNOWN_TYPE, Field.TYPE.key);
    };
  }

  private FrameFailure refused(Failure failure) {
    return new FrameFailure(failure, fields.idOrNull(), fields.stringOrNull(Field.TOPIC), fields.stringOrNull(Field.MESSAGE_ID));
  }
}
