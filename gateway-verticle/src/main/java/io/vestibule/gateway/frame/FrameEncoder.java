package io.vestibule.gateway.frame;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vestibule.contract.admission.AdmissionAnswer.Standing;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.fanout.Publication;
import io.vestibule.gateway.fanout.Published;
import io.vestibule.gateway.log.Position;
import java.nio.charset.StandardCharsets;
import java.util.function.LongSupplier;

/** Writes server frames. One for each event loop, because it reuses its scratch space; pure but for the clock it is given. */
public final class FrameEncoder {
  private final JsonBytes out = new JsonBytes();
  private final Timestamps timestamps = new Timestamps();
  private final LongSupplier clockMs;

  /**
   * An encoder.
   *
   * @param clockMs Unix milliseconds
   */
  public FrameEncoder(LongSupplier clockMs) {
    this.clockMs = clockMs;
  }

  /**
   * Writes a {@code message} frame. This is the hot path: what the publisher sent is copied, not parsed and printed again.
   *
   * @param message its topic is a valid topic, and so plain ASCII
   */
  public Buffer message(Publication message) {
    out.start().plain("type", "message").plain("topic", message.topic())
        .field("eventType", message.eventType())
        .raw("data", message.data())
        .open("metadata").field("senderId", message.senderId());
    if (message.metadata() != null) {
      out.members(message.metadata());
    }
    out.close().field("messageId", message.messageId());
    return stamp();
  }

  /** The same {@code message} frame for those who matched it by wildcard only. */
  public static Buffer withPattern(Buffer messageFrame, String pattern) {
    return with(messageFrame, "pattern", '"' + pattern + '"');
  }

  /** The same {@code message} frame with its place in the log of its topic. */
  public static Buffer withPosition(Buffer messageFrame, Position position) {
    byte[] members = (",\"epoch\":\"" + position.epochText() + "\",\"offset\":" + position.offset() + "}").getBytes(StandardCharsets.US_ASCII);
    int brace = messageFrame.length() - 1;
    return Buffer.buffer(brace + members.length).appendBuffer(messageFrame, 0, brace).appendBytes(members);
  }

  /**
   * The same frame as the reply to a request.
   *
   * @param id the request's, as JSON text; null where it has none
   */
  public static Buffer withId(Buffer frame, String id) {
    return id == null ? frame : with(frame, "id", id);
  }

  private static Buffer with(Buffer frame, String key, String json) {
    byte[] member = (",\"" + key + "\":" + json + "}").getBytes(StandardCharsets.UTF_8);
    int brace = frame.length() - 1;
    return Buffer.buffer(brace + member.length).appendBuffer(frame, 0, brace).appendBytes(member);
  }

  /** Writes a frame. */
  public Buffer encode(ServerFrame frame) {
    out.start();
    if (frame instanceof ServerFrame.Ack f) {
      type("ack", f).plain("topic", f.topic()).field("messageId", f.messageId());
      published(f.published());
    } else if (frame instanceof ServerFrame.Gap f) {
      type("gap", f).plain("topic", f.topic());
      position(f.from(), out.open("from"));
      position(f.to(), out.open("to"));
    } else if (frame instanceof ServerFrame.History f) {
      history(f);
    } else if (frame instanceof ServerFrame.Error f) {
      error(f);
    } else if (frame instanceof ServerFrame.Subscribed f) {
      type("subscribed", f).plain("topic", f.topic());
      if (f.auto()) {
        out.field("auto", true);
      }
      if (f.head() != null) {
        out.plain("epoch", f.head().epochText()).field("offset", f.head().offset());
      }
      if (f.recovered() != null) {
        out.field("recovered", f.recovered());
      }
    } else if (frame instanceof ServerFrame.SubscribedPattern f) {
      type("subscribed", f).plain("topic", f.pattern()).open("recovered");
      f.recovered().forEach(out::field);
      out.close();
    } else if (frame instanceof ServerFrame.Unsubscribed f) {
      type("unsubscribed", f).plain("topic", f.topic());
    } else if (frame instanceof ServerFrame.Typing f) {
      type("typing", f).plain("topic", f.topic()).field("userId", f.userId()).field("typing", f.typing());
    } else if (frame instanceof ServerFrame.Receipt f) {
      receipt(f);
    } else if (frame instanceof ServerFrame.Reconnected f) {
      type("reconnected", f).plain("topic", f.topic()).field("userId", f.userId());
    } else if (frame instanceof ServerFrame.Pong f) {
      type("pong", f);
    } else if (frame instanceof ServerFrame.AuthSuccess f) {
      authSuccess(f);
    } else if (frame instanceof ServerFrame.AuthError f) {
      type("auth_error", f).field("code", f.failure().reason().code()).plain("reason", f.failure().reason().slug())
          .field("message", f.failure().getMessage());
      temporary(f.failure());
    } else if (frame instanceof ServerFrame.Queued f) {
      queued(f);
    } else if (frame instanceof ServerFrame.ReconnectFailed f) {
      type("reconnect_failed", f).field("code", f.failure().reason().code()).plain("reason", f.failure().reason().slug())
          .field("message", f.failure().getMessage()).field("attempt", f.attempt()).field("attemptsLeft", f.attemptsLeft());
      temporary(f.failure());
    } else if (frame instanceof ServerFrame.Refreshed f) {
      type("refreshed", f).plain("expiresAt", timestamps.of(f.expiresAtMs()));
    } else if (frame instanceof ServerFrame.TokenExpiring f) {
      type("token_expiring", f).plain("expiresAt", timestamps.of(f.expiresAtMs()));
    } else if (frame instanceof ServerFrame.Left f) {
      type("left", f);
    } else if (frame instanceof ServerFrame.Health f) {
      health(f);
    } else if (frame instanceof ServerFrame.Move f) {
      type("move", f).plain("deadline", timestamps.of(f.deadlineMs())).field("withinMs", f.withinMs()).plain("reason", f.reason());
    } else if (frame instanceof ServerFrame.PresenceState f) {
      new PresenceWriter(out, timestamps).state(f);
    } else if (frame instanceof ServerFrame.PresenceDiff f) {
      new PresenceWriter(out, timestamps).diff(f);
    } else if (frame instanceof ServerFrame.PresenceUpdated f) {
      type("presence_updated", f);
    } else if (frame instanceof ServerFrame.Closing f) {
      closing(f);
    } else if (frame instanceof ServerFrame.Connected f) {
      type("connection", f).field("connectionId", f.connectionId()).texts("topics", f.topics());
    }
    return stamp();
  }

  private void published(Published published) {
    if (published.position() != null) {
      out.plain("epoch", published.position().epochText()).field("offset", published.position().offset());
    }
    if (published.duplicate()) {
      out.field("duplicate", true);
    }
  }

  private static void position(Position position, JsonBytes open) {
    open.plain("epoch", position.epochText()).field("offset", position.offset()).close();
  }

  private void receipt(ServerFrame.Receipt f) {
    type("receipt", f).plain("topic", f.topic()).openList("receipts");
    for (ServerFrame.Receipt.Of one : f.receipts()) {
      out.open().field("userId", one.userId());
      if (one.delivered() != null) {
        position(one.delivered(), out.open("delivered"));
      }
      if (one.read() != null) {
        position(one.read(), out.open("read"));
      }
      out.close();
    }
    out.closeList();
  }

  private void history(ServerFrame.History f) {
    type("history", f).plain("topic", f.topic());
    if (f.page().epoch() != 0) {
      out.plain("epoch", new Position(f.page().epoch(), 0).epochText());
    } else {
      out.nothing("epoch");
    }
    out.elements("messages", f.page().messages()).field("hasMore", f.page().hasMore());
  }

  private JsonBytes type(String type, ServerFrame frame) {
    return out.plain("type", type).raw("id", frame.id());
  }

  private Buffer stamp() {
    return out.plain("timestamp", timestamps.of(clockMs.getAsLong())).close().toBuffer();
  }

  private void authSuccess(ServerFrame.AuthSuccess f) {
    ServerFrame.Settings s = f.settings();
    ServerFrame.Quota q = f.quota();
    type(f.restored() == null ? "auth_success" : "reconnect_success", f).field("userId", f.userId()).field("connectionId", f.connectionId())
        .field("sessionId", f.session().sessionId());
    if (f.session().resumeToken() == null) {
      out.nothing("resumeToken");
    } else {
      out.plain("resumeToken", f.session().resumeToken());
    }
    out.field("resumeTtlMs", f.session().resumeTtlMs())
        .plain("expiresAt", timestamps.of(f.expiresAtMs()))
        .open("heartbeat").field("intervalMs", s.heartbeatMs()).field("timeoutMs", s.timeoutMs()).close()
        .open("limits").field("maxMessageBytes", s.maxMessageBytes()).field("maxSubscriptions", s.maxSubscriptions())
        .field("messagesPerSecond", s.messagesPerSecond()).close()
        .open("rateLimit").field("limit", q.limit()).field("remaining", q.remaining()).field("reset", q.resetEpochSeconds())
        .field("window", q.windowSeconds()).field("policy", q.policy()).close();
    if (f.restored() != null) {
      restored(f.restored());
    }
  }

  private void restored(ServerFrame.Restored restored) {
    out.texts("restored", restored.topics()).open("recovered");
    restored.recovered().forEach(out::field);
    out.close();
  }

  private void queued(ServerFrame.Queued f) {
    Standing s = f.standing();
    type("queued", f).plain("resumeToken", f.resumeToken()).plain("queue", f.queue()).field("position", s.position()).field("waiting", s.waiting());
    estimate("etaMs", s.etaMs());
    estimate("etaHighMs", s.etaHighMs());
    out.plain("joinedAt", timestamps.of(f.joinedAtMs()));
    if (s.rose() != null) {
      out.plain("reason", s.rose().slug());
    }
  }

  private void estimate(String key, long ms) {
    if (ms < 0) {
      out.nothing(key);
    } else {
      out.field(key, ms);
    }
  }

  private void health(ServerFrame.Health f) {
    type("health", f).field("connectedMs", f.connectedMs());
    if (f.lastPongEpochMs() < 0) {
      out.nothing("lastPongMs");
    } else {
      out.field("lastPongMs", f.lastPongEpochMs());
    }
    out.field("messageCount", f.messageCount()).field("reconnects", f.reconnects()).field("node", f.node()).field("status", f.status());
  }

  private void closing(ServerFrame.Closing f) {
    type("closing", f).field("code", f.reason().code()).plain("reason", f.reason().slug())
        .field("message", f.message()).field("reconnect", f.reason().reconnect());
    if (f.retryAfterMs() > 0) {
      out.field("retryAfterMs", f.retryAfterMs());
    }
  }

  private void temporary(Failure failure) {
    out.field("temporary", failure.reason().temporary());
    if (failure.retryAfterMs() > 0) {
      out.field("retryAfterMs", failure.retryAfterMs());
    }
  }

  private void error(ServerFrame.Error f) {
    Failure failure = f.failure();
    type("error", f).field("code", failure.reason().code()).plain("reason", failure.reason().slug())
        .field("message", failure.getMessage())
        .raw("details", new JsonObject(failure.details()).encode());
    temporary(failure);
    out.field("topic", f.topic()).field("messageId", f.messageId());
  }
}
