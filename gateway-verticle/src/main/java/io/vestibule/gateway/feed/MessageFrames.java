package io.vestibule.gateway.feed;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.topic.TopicName;

/** The words of the messaging feed for what comes of conversations; a conversation is the topic {@code conversation.<id>}. Pure. */
final class MessageFrames {
  static final String ROOT = "conversation.";

  private MessageFrames() {}

  /** Whether a topic is a conversation. */
  static boolean isConversation(String topic) {
    try {
      return topic.startsWith(ROOT) && topic.indexOf('.', ROOT.length()) < 0 && topic.indexOf('*') < 0 && TopicName.requireValid(topic) != null;
    } catch (Failure noTopic) {
      return false;
    }
  }

  /** What comes of a topic, or null where the feed has no words for it. */
  static Buffer ofTopic(FrameMembers core) {
    String topic = core.json("topic");
    if (topic == null || !isConversation(topic.substring(1, topic.length() - 1))) {
      return null;
    }
    if (core.isOf("message")) {
      return message(core);
    }
    String type = core.isOf("typing") ? core.is("typing", "true") ? "typing.start" : "typing.stop"
        : core.isOf("presence_state") || core.isOf("presence_diff") ? "presence.update" : core.isOf("gap") ? "gap" : null;
    return type == null ? null : about(core, type);
  }

  private static Buffer message(FrameMembers core) {
    Buffer out = begin("message.new", core);
    String sender = new JsonObject(core.json("metadata")).getString("senderId");
    out.appendString(",\"senderId\":").appendString(Json.encode(sender));
    core.append(out, "data", "content");
    core.append(out, "messageId", "clientId");
    core.append(out, "eventType");
    core.append(out, "epoch");
    core.append(out, "offset");
    return end(out, core);
  }

  /** A frame about a conversation, with all its members. */
  static Buffer about(FrameMembers core, String type) {
    Buffer out = begin(type, core);
    for (String name : new String[] {"messageId", "userId", "epoch", "offset", "duplicate", "recovered", "from", "to", "rev", "count", "sampled", "members", "joins", "leaves", "updates"}) {
      core.append(out, name, name.equals("messageId") ? "clientId" : name);
    }
    return end(out, core);
  }

  private static Buffer begin(String type, FrameMembers core) {
    String topic = core.json("topic");
    return Buffer.buffer(core.length()).appendString("{\"type\":\"").appendString(type).appendString("\",\"data\":{\"conversationId\":\"")
        .appendString(topic.substring(1 + ROOT.length()));
  }

  private static Buffer end(Buffer out, FrameMembers core) {
    core.append(out.appendByte((byte) '}'), "timestamp");
    return out.appendByte((byte) '}');
  }
}
