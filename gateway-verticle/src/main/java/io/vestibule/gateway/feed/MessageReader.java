package io.vestibule.gateway.feed;

import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.api.JsonReader;
import io.vestibule.gateway.api.JsonValue;
import io.vestibule.gateway.frame.ClientFrame;
import io.vestibule.gateway.frame.FrameFailure;
import java.util.Map;
import java.util.function.Function;

/** Reads what clients of the messaging feed say: each frame is one of the core dialect in other words. Unknown members are ignored. */
final class MessageReader {
  private static final int MOST = 256;
  /** As in the core dialect: what is exact in JavaScript. */
  private static final long MOST_OFFSET = (1L << 53) - 1;
  /** The answer to it is wanted. */
  private static final String ANSWERED = "0";

  private final JsonReader reader;

  MessageReader(int maxDepth) {
    this.reader = new JsonReader(maxDepth);
  }

  ClientFrame read(byte[] text) throws FrameFailure {
    Map<String, JsonValue> frame = Map.of();
    try {
      frame = reader.read(text).members();
      JsonValue data = frame.get("data");
      return read(required(frame, "type", "type").string(), data == null || data.isNull() ? Map.of() : data.members());
    } catch (Failure failure) {
      throw new FrameFailure(failure, null, orNull(frame, MessageReader::topic), orNull(frame, data -> text(data, "clientId")));
    }
  }

  /** What an error is about, where that can be told. */
  private static String orNull(Map<String, JsonValue> frame, Function<Map<String, JsonValue>, String> part) {
    try {
      return frame.containsKey("data") ? part.apply(frame.get("data").members()) : null;
    } catch (Failure none) {
      return null;
    }
  }

  private static ClientFrame read(String type, Map<String, JsonValue> data) {
    return switch (type) {
      case "message.send" -> new ClientFrame.Message(ANSWERED, topic(data), required(data, "content", "data.content").raw(), null, null, text(data, "clientId"), true);
      case "message.delivered" -> new ClientFrame.Ack(null, topic(data), offset(data), text(data, "epoch"), false);
      case "message.read" -> new ClientFrame.Ack(null, topic(data), offset(data), text(data, "epoch"), true);
      case "typing.start" -> new ClientFrame.Typing(null, topic(data), true);
      case "typing.stop" -> new ClientFrame.Typing(null, topic(data), false);
      case "conversation.join" -> new ClientFrame.Subscribe(ANSWERED, topic(data), false, null, null, false, true);
      case "conversation.leave" -> new ClientFrame.Unsubscribe(ANSWERED, topic(data), true);
      case "refresh" -> new ClientFrame.Refresh(null, required(data, "token", "data.token").string());
      case "ping" -> new ClientFrame.Ping(null);
      default -> throw Failure.ofField(ErrorReason.UNKNOWN_TYPE, "type");
    };
  }

  private static String topic(Map<String, JsonValue> data) {
    String id = required(data, "conversationId", "data.conversationId").string();
    if (!MessageFrames.isConversation(MessageFrames.ROOT + id)) {
      throw Failure.ofField(ErrorReason.INVALID_VALUE, "data.conversationId", "The field 'data.conversationId' is not the id of a conversation.");
    }
    return MessageFrames.ROOT + id;
  }

  private static long offset(Map<String, JsonValue> data) {
    return required(data, "offset", "data.offset").number(0, MOST_OFFSET);
  }

  private static String text(Map<String, JsonValue> data, String name) {
    JsonValue value = data.get(name);
    String text = value == null || value.isNull() ? null : value.string();
    if (text != null && text.length() > MOST) {
      throw Failure.ofField(ErrorReason.INVALID_VALUE, "data." + name, "The field 'data." + name + "' is longer than " + MOST + " characters.");
    }
    return text;
  }

  private static JsonValue required(Map<String, JsonValue> members, String name, String path) {
    JsonValue value = members.get(name);
    if (value == null) {
      throw Failure.ofField(ErrorReason.MISSING_FIELD, path, "The field '" + path + "' is missing.");
    }
    return value;
  }
}
