package io.vestibule.gateway.feed;

import io.vertx.core.buffer.Buffer;
import java.util.Set;

/** The form that all frames of feeds have: {@code {"type", "data", "timestamp"}}. Pure. */
final class FeedFrames {
  /** What does not go into {@code data}. */
  private static final Set<String> OUTSIDE = Set.of("type", "id", "timestamp");
  private static final int MORE_BYTES = 64;

  private FeedFrames() {}

  /** What the server says of itself: all members of its frame in the core dialect, as {@code data}. */
  static Buffer own(FrameMembers core, String type) {
    Buffer out = Buffer.buffer(core.length() + MORE_BYTES).appendString("{\"type\":\"").appendString(type).appendString("\",\"data\":").appendBuffer(core.without(OUTSIDE));
    core.append(out, "timestamp");
    return out.appendByte((byte) '}');
  }

  /** The same under the type that it has. */
  static Buffer own(FrameMembers core) {
    String type = core.json("type");
    return own(core, type.substring(1, type.length() - 1));
  }

  /** A message of a topic as an event: its {@code eventType} is its type. */
  static Buffer event(FrameMembers message) {
    String type = message.json("eventType");
    Buffer out = Buffer.buffer(message.length() + MORE_BYTES).appendString("{\"type\":").appendString(type == null ? "\"message\"" : type);
    message.append(out, "data");
    message.append(out, "topic");
    message.append(out, "epoch");
    message.append(out, "offset");
    if (!message.is("metadata", "{}")) {
      message.append(out, "metadata");
    }
    message.append(out, "timestamp");
    return out.appendByte((byte) '}');
  }
}
