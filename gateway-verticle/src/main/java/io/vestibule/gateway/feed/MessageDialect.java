package io.vestibule.gateway.feed;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.contract.error.CloseReason;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.frame.ClientFrame;
import io.vestibule.gateway.frame.FrameDecoder;
import io.vestibule.gateway.frame.FrameFailure;
import io.vestibule.gateway.frame.ServerFrame;
import io.vestibule.gateway.metrics.FeedMeters;
import io.vestibule.gateway.session.Connection;
import io.vestibule.gateway.session.Conversations;
import io.vestibule.gateway.session.Dialect;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** How the messaging feed is spoken on one socket: somebody who is in hears all conversations that he is a member of, and speaks of nothing else. */
final class MessageDialect implements Dialect {
  private final Shared shared;
  private Connection connection;
  private boolean told;
  /** What he asked to join and is no member of yet; null where there is nothing. One at a time: the socket is not read meanwhile. */
  private String joining;
  private boolean toldJoined;

  /** What all sockets of an event loop have in common. */
  record Shared(Translations ofTopics, MessageReader reader, Conversations conversations, FeedMeters.Feed meters) {}

  MessageDialect(Shared shared) {
    this.shared = shared;
  }

  /** The connection that this is spoken on. */
  void speaksFor(Connection speaker) {
    connection = speaker;
  }

  @Override
  public ClientFrame hear(byte[] text, FrameDecoder core) throws FrameFailure {
    ClientFrame frame = shared.reader.read(text);
    if (frame instanceof ClientFrame.Subscribe join) {
      boolean back = shared.conversations.isMember(connection, join.topic());
      joining = back ? null : join.topic();
      toldJoined = false;
      return back ? join.asMember() : join;
    }
    return frame;
  }

  /** Whoever joins is brought what he becomes a member of, as always, and has his answer: the first of both is told. */
  private boolean isToldAlready(ServerFrame.Subscribed subscribed) {
    if (!subscribed.topic().equals(joining)) {
      return false;
    }
    boolean already = toldJoined;
    toldJoined = true;
    if (subscribed.id() != null) {
      joining = null;
    }
    return already;
  }

  private void joinedNoMore(String topic) {
    joining = topic != null && topic.equals(joining) ? null : joining;
  }

  @Override
  public List<Buffer> sayAll(ServerFrame frame, Function<ServerFrame, Buffer> core) {
    if (frame instanceof ServerFrame.Receipt receipt) {
      return receipts(receipt, core);
    }
    Buffer words = say(frame, core);
    return words == null ? List.of() : List.of(words);
  }

  @Override
  public Buffer say(ServerFrame frame, Function<ServerFrame, Buffer> core) {
    if (frame instanceof ServerFrame.AuthSuccess) {
      told = true;
      shared.conversations.enter(connection);
      return connection(core.apply(frame), "connected");
    }
    if (frame instanceof ServerFrame.Queued) {
      boolean first = !told;
      told = true;
      return first ? connection(core.apply(frame), "waiting") : FeedFrames.own(FrameMembers.of(core.apply(frame)));
    }
    if (frame instanceof ServerFrame.AuthError refused) {
      return refuse(refused.failure(), core);
    }
    if (frame instanceof ServerFrame.ReconnectFailed refused) {
      return refuse(refused.failure(), core);
    }
    if (frame instanceof ServerFrame.Refreshed) {
      // The new token may permit more than the old one did.
      shared.conversations.enter(connection);
    }
    if (frame instanceof ServerFrame.Pong || frame instanceof ServerFrame.Closing || frame instanceof ServerFrame.TokenExpiring || frame instanceof ServerFrame.Refreshed) {
      return FeedFrames.own(FrameMembers.of(core.apply(frame)));
    }
    if (frame instanceof ServerFrame.Error error) {
      joinedNoMore(error.topic());
      return error(new JsonObject(core.apply(error)));
    }
    return ofConversation(frame, core);
  }

  private Buffer ofConversation(ServerFrame frame, Function<ServerFrame, Buffer> core) {
    if (frame instanceof ServerFrame.Subscribed subscribed && MessageFrames.isConversation(subscribed.topic())) {
      if (isToldAlready(subscribed)) {
        return null;
      }
      shared.conversations.watch(connection, subscribed.topic());
      return MessageFrames.about(FrameMembers.of(core.apply(frame)), "conversation.joined");
    }
    if (frame instanceof ServerFrame.Unsubscribed ended && MessageFrames.isConversation(ended.topic())) {
      joinedNoMore(ended.topic());
      return MessageFrames.about(FrameMembers.of(core.apply(frame)), "conversation.left");
    }
    return frame instanceof ServerFrame.Ack ? MessageFrames.about(FrameMembers.of(core.apply(frame)), "message.sent") : null;
  }

  /** The first word, once it is known who it is, and the word that he is in. */
  private Buffer connection(Buffer core, String status) {
    JsonObject data = new JsonObject(core);
    String timestamp = data.getString("timestamp");
    List.of("type", "id", "timestamp").forEach(data::remove);
    data.put("userId", connection.userId()).put("connectionId", connection.id()).put("status", status);
    return new JsonObject().put("type", "connection").put("data", data).put("timestamp", timestamp).toBuffer();
  }

  /** The core's words, with the conversation and the client's own id for what it is about. */
  private static Buffer error(JsonObject core) {
    JsonObject data = core.copy();
    List.of("type", "id", "timestamp").forEach(data::remove);
    String topic = (String) data.remove("topic");
    if (topic != null && topic.startsWith(MessageFrames.ROOT)) {
      data.put("conversationId", topic.substring(MessageFrames.ROOT.length()));
    }
    Object clientId = data.remove("messageId");
    if (clientId != null) {
      data.put("clientId", clientId);
    }
    return new JsonObject().put("type", "error").put("data", data).put("timestamp", core.getString("timestamp")).toBuffer();
  }

  /** Nobody is let in here: there is no other way to bring a token than a new socket. */
  private Buffer refuse(Failure failure, Function<ServerFrame, Buffer> core) {
    ErrorReason reason = failure.reason();
    shared.conversations.closeLater(connection, reason == ErrorReason.DRAINING ? CloseReason.RESTARTING : reason.temporary() ? CloseReason.OVER_CAPACITY : CloseReason.NOT_AUTHENTICATED);
    return error(new JsonObject(core.apply(new ServerFrame.Error(null, failure, null, null))));
  }

  private static List<Buffer> receipts(ServerFrame.Receipt receipt, Function<ServerFrame, Buffer> core) {
    JsonObject frame = new JsonObject(core.apply(receipt));
    String conversation = receipt.topic().substring(MessageFrames.ROOT.length());
    List<Buffer> all = new ArrayList<>();
    JsonArray receipts = frame.getJsonArray("receipts");
    for (int i = 0; i < receipts.size(); i++) {
      for (String what : List.of("delivered", "read")) {
        JsonObject place = receipts.getJsonObject(i).getJsonObject(what);
        if (place != null) {
          JsonObject data = new JsonObject().put("conversationId", conversation).put("userId", receipts.getJsonObject(i).getString("userId")).mergeIn(place);
          all.add(new JsonObject().put("type", "message." + what).put("data", data).put("timestamp", frame.getString("timestamp")).toBuffer());
        }
      }
    }
    return all;
  }

  @Override
  public UnaryOperator<Buffer> ofTopics() {
    return shared.ofTopics;
  }

  @Override
  public boolean bringsToMembers(String topic) {
    return shared.conversations.areMeant(topic);
  }

  @Override
  public void becameMember(String topic) {
    if (shared.conversations.areMeant(topic)) {
      shared.conversations.begin(connection, topic);
    }
  }

  @Override
  public void delivered() {
    shared.meters.delivered();
  }

  @Override
  public void gone() {
    shared.meters.left();
  }
}
