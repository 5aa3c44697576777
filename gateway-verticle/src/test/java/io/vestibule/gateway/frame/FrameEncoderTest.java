package io.vestibule.gateway.frame;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.contract.admission.AdmissionAnswer.Rise;
import io.vestibule.contract.admission.AdmissionAnswer.Standing;
import io.vestibule.contract.error.CloseReason;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.contract.presence.Known.Member;
import io.vestibule.contract.presence.PresenceFound.Named;
import io.vestibule.contract.presence.UserStatus;
import io.vestibule.gateway.fanout.Publication;
import io.vestibule.gateway.fanout.Published;
import io.vestibule.gateway.log.HistoryPage;
import io.vestibule.gateway.log.Position;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FrameEncoderTest {
  private static final String TIME = "2026-01-02T03:04:05.678Z";
  private static final long TIME_MS = java.time.Instant.parse(TIME).toEpochMilli();

  private final FrameEncoder encoder = new FrameEncoder(() -> TIME_MS);

  private JsonObject encode(ServerFrame frame) {
    return stamped(encoder.encode(frame));
  }

  private static JsonObject stamped(Buffer text) {
    JsonObject json = new JsonObject(text);
    assertThat(json.getString("timestamp")).isEqualTo(TIME);
    json.remove("timestamp");
    return json;
  }

  @Test
  void replies() {
    assertThat(encode(new ServerFrame.Pong("1"))).isEqualTo(new JsonObject("{\"type\":\"pong\",\"id\":1}"));
    assertThat(encode(new ServerFrame.Pong(null))).isEqualTo(new JsonObject("{\"type\":\"pong\"}"));
    assertThat(encode(new ServerFrame.Left("\"x\""))).isEqualTo(new JsonObject("{\"type\":\"left\",\"id\":\"x\"}"));
    assertThat(encode(new ServerFrame.Ack("1", "a.b", null, Published.UNKEPT))).isEqualTo(new JsonObject("{\"type\":\"ack\",\"id\":1,\"topic\":\"a.b\"}"));
    assertThat(encode(new ServerFrame.Ack("1", "a.b", "m", Published.UNKEPT))).isEqualTo(new JsonObject("{\"type\":\"ack\",\"id\":1,\"topic\":\"a.b\",\"messageId\":\"m\"}"));
    assertThat(encode(new ServerFrame.Ack("1", "a.b", null, new Published(new Position(35, 7), true))))
        .isEqualTo(new JsonObject("{\"type\":\"ack\",\"id\":1,\"topic\":\"a.b\",\"epoch\":\"z\",\"offset\":7,\"duplicate\":true}"));
    List<Buffer> kept = List.of(FrameEncoder.withPosition(Buffer.buffer("{\"data\":1}"), new Position(35, 6)), FrameEncoder.withPosition(Buffer.buffer("{\"data\":2}"), new Position(35, 7)));
    assertThat(encode(new ServerFrame.History("1", "a.b", new HistoryPage(35, kept, true)))).isEqualTo(new JsonObject(
        "{\"type\":\"history\",\"id\":1,\"topic\":\"a.b\",\"epoch\":\"z\",\"messages\":[{\"data\":1,\"epoch\":\"z\",\"offset\":6},{\"data\":2,\"epoch\":\"z\",\"offset\":7}],\"hasMore\":true}"));
    assertThat(encode(new ServerFrame.History(null, "a.b", new HistoryPage(0, List.of(), false))))
        .isEqualTo(new JsonObject("{\"type\":\"history\",\"topic\":\"a.b\",\"epoch\":null,\"messages\":[],\"hasMore\":false}"));
    assertThat(encode(new ServerFrame.Gap("a.b", new Position(35, 6), new Position(36, 0)))).isEqualTo(new JsonObject(
        "{\"type\":\"gap\",\"topic\":\"a.b\",\"from\":{\"epoch\":\"z\",\"offset\":6},\"to\":{\"epoch\":\"10\",\"offset\":0}}"));
    assertThat(encode(new ServerFrame.Subscribed("1", "a.*", false, null, null)))
        .isEqualTo(new JsonObject("{\"type\":\"subscribed\",\"id\":1,\"topic\":\"a.*\"}"));
    assertThat(encode(new ServerFrame.Subscribed(null, "user.a", true, new Position(35, 3), false)))
        .isEqualTo(new JsonObject("{\"type\":\"subscribed\",\"topic\":\"user.a\",\"auto\":true,\"epoch\":\"z\",\"offset\":3,\"recovered\":false}"));
    assertThat(encode(new ServerFrame.SubscribedPattern("1", "a.*", Map.of("a.b", true))))
        .isEqualTo(new JsonObject("{\"type\":\"subscribed\",\"id\":1,\"topic\":\"a.*\",\"recovered\":{\"a.b\":true}}"));
    assertThat(encode(new ServerFrame.Unsubscribed(null, "a"))).isEqualTo(new JsonObject("{\"type\":\"unsubscribed\",\"topic\":\"a\"}"));
    assertThat(encode(new ServerFrame.Typing("a.b", "ü\"\ud800", true)))
        .isEqualTo(new JsonObject().put("type", "typing").put("topic", "a.b").put("userId", "ü\"\ud800").put("typing", true));
    assertThat(encode(new ServerFrame.Reconnected("a.b", "ü\"")))
        .isEqualTo(new JsonObject().put("type", "reconnected").put("topic", "a.b").put("userId", "ü\""));
    assertThat(encode(new ServerFrame.Connected("c", List.of("a.*", "b"))))
        .isEqualTo(new JsonObject("{\"type\":\"connection\",\"connectionId\":\"c\",\"topics\":[\"a.*\",\"b\"]}"));
    assertThat(encode(new ServerFrame.Receipt("a.b", List.of(new ServerFrame.Receipt.Of("ü\"", new Position(35, 6), null), new ServerFrame.Receipt.Of("u", new Position(35, 7), new Position(35, 1))))))
        .isEqualTo(new JsonObject("{\"type\":\"receipt\",\"topic\":\"a.b\",\"receipts\":[{\"userId\":\"ü\\\"\",\"delivered\":{\"epoch\":\"z\",\"offset\":6}},"
            + "{\"userId\":\"u\",\"delivered\":{\"epoch\":\"z\",\"offset\":7},\"read\":{\"epoch\":\"z\",\"offset\":1}}]}"));
    assertThat(encode(new ServerFrame.Receipt("a", List.of()))).isEqualTo(new JsonObject("{\"type\":\"receipt\",\"topic\":\"a\",\"receipts\":[]}"));
    assertThat(encode(new ServerFrame.Refreshed("1", TIME_MS)))
        .isEqualTo(new JsonObject("{\"type\":\"refreshed\",\"id\":1,\"expiresAt\":\"" + TIME + "\"}"));
    assertThat(encode(new ServerFrame.TokenExpiring(TIME_MS)))
        .isEqualTo(new JsonObject("{\"type\":\"token_expiring\",\"expiresAt\":\"" + TIME + "\"}"));
  }

  @Test
  void presence() {
    var ann = new Named("ü\"\ud800", new Member(2, TIME_MS, new UserStatus("busy", "{\"a\":[1]}", 5), "{\"n\":\"ü\"}"));
    var ben = new Named("ben", new Member(1, TIME_MS, UserStatus.ONLINE, null));
    JsonObject annJson = new JsonObject().put("userId", "ü\"\ud800").put("connections", 2).put("status", "busy").put("data", new JsonObject("{\"a\":[1]}"))
        .put("info", new JsonObject("{\"n\":\"ü\"}")).put("since", TIME);
    JsonObject benJson = new JsonObject().put("userId", "ben").put("connections", 1).put("status", "online").put("since", TIME);
    var state = new ServerFrame.PresenceState(null, "a.b", 3, 2, List.of(ann, ben), false);
    JsonObject stateJson = new JsonObject().put("type", "presence_state").put("topic", "a.b").put("rev", 3).put("count", 2).put("members", JsonArray.of(annJson, benJson));
    assertThat(encode(state)).isEqualTo(stateJson);
    assertThat(stamped(FrameEncoder.withId(encoder.encode(state), "\"ü\""))).isEqualTo(stateJson.copy().put("id", "ü"));
    assertThat(encode(new ServerFrame.PresenceState("1", "a", 0, 9, List.of(ben), true)))
        .isEqualTo(new JsonObject().put("type", "presence_state").put("id", 1).put("topic", "a").put("count", 9).put("members", JsonArray.of(benJson)).put("sampled", true));
    assertThat(encode(new ServerFrame.PresenceDiff("a", 4, 1, false, List.of(ann), List.of(ben), List.of())))
        .isEqualTo(new JsonObject().put("type", "presence_diff").put("topic", "a").put("rev", 4).put("count", 1).put("joins", JsonArray.of(annJson)).put("leaves", JsonArray.of(benJson))
            .put("updates", new JsonArray()));
    assertThat(encode(new ServerFrame.PresenceDiff("a", 5, 7, true, List.of(), List.of(), List.of())))
        .isEqualTo(new JsonObject().put("type", "presence_diff").put("topic", "a").put("rev", 5).put("count", 7));
    assertThat(encode(new ServerFrame.PresenceUpdated("1"))).isEqualTo(new JsonObject().put("type", "presence_updated").put("id", 1));
  }

  @Test
  void authSuccess() {
    var settings = new ServerFrame.Settings(30_000, 60_000, 1_048_576, 200, 100);
    var quota = new ServerFrame.Quota(200, 199, 1_700_000_000, 2, "connection-messages");
    JsonObject frame = encode(new ServerFrame.AuthSuccess("\"i\"", "ü\"\ud800", "c", new ServerFrame.Resumable("s", null, 0), TIME_MS, settings, quota, null));
    assertThat(frame).isEqualTo(new JsonObject().put("type", "auth_success").put("id", "i").put("userId", "ü\"\ud800").put("connectionId", "c")
        .put("sessionId", "s").putNull("resumeToken").put("resumeTtlMs", 0).put("expiresAt", TIME)
        .put("heartbeat", new JsonObject().put("intervalMs", 30_000).put("timeoutMs", 60_000))
        .put("limits", new JsonObject().put("maxMessageBytes", 1_048_576).put("maxSubscriptions", 200).put("messagesPerSecond", 100))
        .put("rateLimit", new JsonObject().put("limit", 200).put("remaining", 199).put("reset", 1_700_000_000).put("window", 2)
            .put("policy", "connection-messages")));
  }

  @Test
  void reconnectSuccess() {
    var settings = new ServerFrame.Settings(30_000, 60_000, 1_048_576, 200, 100);
    var quota = new ServerFrame.Quota(200, 199, 1_700_000_000, 2, "connection-messages");
    JsonObject frame = encode(new ServerFrame.AuthSuccess("1", "u", "c", new ServerFrame.Resumable("s", "t.o", 300_000), TIME_MS, settings, quota,
        new ServerFrame.Restored(List.of("a.b", "c.**"), Map.of("a.b", true))));
    assertThat(frame.getString("type")).isEqualTo("reconnect_success");
    assertThat(frame.getString("resumeToken")).isEqualTo("t.o");
    assertThat(frame.getInteger("resumeTtlMs")).isEqualTo(300_000);
    assertThat(frame.getJsonArray("restored")).isEqualTo(new JsonArray().add("a.b").add("c.**"));
    assertThat(frame.getJsonObject("recovered")).isEqualTo(new JsonObject().put("a.b", true));
    JsonObject nothing = encode(new ServerFrame.AuthSuccess("1", "u", "c", new ServerFrame.Resumable("s", "t.o", 1), TIME_MS, settings, quota, new ServerFrame.Restored(List.of(), Map.of())));
    assertThat(nothing.getJsonArray("restored")).isEmpty();
    assertThat(nothing.getJsonObject("recovered")).isEmpty();
  }

  @Test
  void queued() {
    JsonObject frame = encode(new ServerFrame.Queued("1", "t.o", "sale", new Standing(3, 40, -1, -1, null, 0), TIME_MS));
    assertThat(frame).isEqualTo(new JsonObject().put("type", "queued").put("id", 1).put("resumeToken", "t.o").put("queue", "sale").put("position", 3)
        .put("waiting", 40).putNull("etaMs").putNull("etaHighMs").put("joinedAt", TIME));
    JsonObject later = encode(new ServerFrame.Queued(null, "t.o", "sale", new Standing(4, 40, 5_000, 9_000, Rise.RETURNED, 0), TIME_MS));
    assertThat(later.getInteger("etaMs")).isEqualTo(5_000);
    assertThat(later.getInteger("etaHighMs")).isEqualTo(9_000);
    assertThat(later.getString("reason")).isEqualTo("returned");
  }

  @Test
  void reconnectFailed() {
    assertThat(encode(new ServerFrame.ReconnectFailed("1", Failure.of(ErrorReason.RESUME_USED).retryAfter(2_000), 2, 3))).isEqualTo(new JsonObject()
        .put("type", "reconnect_failed").put("id", 1).put("code", 409).put("reason", "used").put("message", ErrorReason.RESUME_USED.text())
        .put("attempt", 2).put("attemptsLeft", 3).put("temporary", false).put("retryAfterMs", 2_000));
  }

  @Test
  void health() {
    assertThat(encode(new ServerFrame.Health("1", 12, -1, 3, 0, "n", "ok"))).isEqualTo(new JsonObject().put("type", "health").put("id", 1)
        .put("connectedMs", 12).putNull("lastPongMs").put("messageCount", 3).put("reconnects", 0).put("node", "n").put("status", "ok"));
    assertThat(encode(new ServerFrame.Health("1", 12, 5, 3, 0, "n", "ok")).getInteger("lastPongMs")).isEqualTo(5);
  }

  @Test
  void move() {
    assertThat(encode(new ServerFrame.Move(1_700_000_000_000L, 12_000, "drain"))).isEqualTo(new JsonObject().put("type", "move")
        .put("deadline", "2023-11-14T22:13:20.000Z").put("withinMs", 12_000).put("reason", "drain"));
  }

  @Test
  void everyReasonToCloseIsTold() {
    for (CloseReason reason : CloseReason.values()) {
      JsonObject frame = encode(new ServerFrame.Closing(reason, "a \"word\"", 0));
      assertThat(frame).isEqualTo(new JsonObject().put("type", "closing").put("code", reason.code()).put("reason", reason.slug())
          .put("message", "a \"word\"").put("reconnect", reason.reconnect()));
    }
    assertThat(encode(new ServerFrame.Closing(CloseReason.RESTARTING, "x", 700)).getInteger("retryAfterMs")).isEqualTo(700);
  }

  @Test
  void everyErrorIsTold() {
    for (ErrorReason reason : ErrorReason.values()) {
      Failure failure = Failure.of(reason).with("field", "a\u0000").with("limit", 7);
      JsonObject frame = encode(new ServerFrame.Error("1", failure, "not a \"topic\"", "m\n"));
      assertThat(frame).isEqualTo(new JsonObject().put("type", "error").put("id", 1).put("code", reason.code()).put("reason", reason.slug())
          .put("message", reason.text()).put("details", new JsonObject().put("field", "a\u0000").put("limit", 7))
          .put("temporary", reason.temporary()).put("topic", "not a \"topic\"").put("messageId", "m\n"));
      JsonObject bare = encode(new ServerFrame.Error(null, Failure.of(reason).retryAfter(9), null, null));
      assertThat(bare.fieldNames()).containsExactlyInAnyOrder("type", "code", "reason", "message", "details", "temporary", "retryAfterMs");
      JsonObject auth = encode(new ServerFrame.AuthError("1", failure));
      assertThat(auth.fieldNames()).contains("type", "id", "code", "reason", "message");
      assertThat(auth.getString("type")).isEqualTo("auth_error");
    }
  }

  @Test
  void everyServerFrameIsTested() {
    Set<String> records = Stream.of(ServerFrame.class, ServerFrame.PresenceTelling.class).flatMap(type -> Stream.of(type.getPermittedSubclasses())).filter(Class::isRecord).map(Class::getSimpleName).collect(Collectors.toSet());
    assertThat(records).as("one more: write its test here").containsExactlyInAnyOrder("AuthSuccess", "AuthError", "Subscribed", "SubscribedPattern", "Unsubscribed", "Ack",
        "Refreshed", "TokenExpiring", "Pong", "Left", "Health", "Closing", "Error", "Queued", "ReconnectFailed", "Move",
        "PresenceState", "PresenceDiff", "PresenceUpdated", "Typing", "History", "Gap", "Reconnected", "Connected", "Receipt");
  }

  @Test
  void aMessageIsWhatWasPublished() {
    Buffer frame = encoder.message(new Publication("a.b", Buffer.buffer("[1.50]"), "e\"", Buffer.buffer("{\"k\" : 1}"), "m", "ann", "c"));
    assertThat(stamped(frame)).isEqualTo(new JsonObject().put("type", "message").put("topic", "a.b").put("eventType", "e\"")
        .put("data", new JsonArray().add(1.5)).put("metadata", new JsonObject().put("senderId", "ann").put("k", 1)).put("messageId", "m"));
    assertThat(frame.toString()).as("copied, not printed again").contains("\"data\":[1.50]", "\"k\" : 1");
    JsonObject bare = stamped(encoder.message(new Publication("a", null, null, null, null, null, null)));
    assertThat(bare).isEqualTo(new JsonObject().put("type", "message").put("topic", "a").putNull("data").put("metadata", new JsonObject()));
    JsonObject server = stamped(encoder.message(new Publication("a", null, null, Buffer.buffer("{\"k\":1}"), null, null, null)));
    assertThat(server.getJsonObject("metadata")).isEqualTo(new JsonObject().put("k", 1));
  }

  @Test
  void thePatternIsAddedToTheSameMessage() {
    Buffer frame = encoder.message(new Publication("a.b", Buffer.buffer("{}"), null, null, null, null, null));
    JsonObject expected = new JsonObject(frame).put("pattern", "a.**");
    assertThat(new JsonObject(FrameEncoder.withPattern(frame, "a.**"))).isEqualTo(expected);
  }
}
