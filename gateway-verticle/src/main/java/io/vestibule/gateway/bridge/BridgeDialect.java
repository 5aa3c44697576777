package io.vestibule.gateway.bridge;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vestibule.contract.error.CloseReason;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.frame.ServerFrame;
import io.vestibule.gateway.session.Dialect;
import io.vestibule.gateway.session.LoopClock;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * How the core speaks to a client of the bridge (docs/protocol.md, Event-bus bridge): what it has to say about the line and the session in the form that
 * {@code @vertx/eventbus-bridge-client.js} hands to {@code onevent}, refusals and goodbyes as {@code err}. A client that never waited and never asked for a queue hears nothing
 * that it might not know. One for each socket; what is said here is also what the socket goes by.
 */
final class BridgeDialect implements Dialect {
  private final Vertx vertx;
  private final BridgeTransport transport;
  private final LoopClock clock;
  private final long leewayMs;
  private boolean aware;

  /**
   * The dialect of a socket.
   *
   * @param aware whether the client knows of the line: it named a queue, or brought a resume token
   */
  BridgeDialect(Vertx vertx, BridgeTransport transport, BridgeLimits limits, boolean aware) {
    this.vertx = vertx;
    this.transport = transport;
    this.clock = limits.clock();
    this.leewayMs = limits.leewayMs();
    this.aware = aware;
  }

  /** What went wrong, as the bridge says it. */
  static Buffer error(String slug) {
    return new JsonObject().put("type", "err").put("body", slug).toBuffer();
  }

  @Override
  public Buffer say(ServerFrame frame, Function<ServerFrame, Buffer> core) {
    if (frame instanceof ServerFrame.AuthSuccess success) {
      transport.enter();
      return event(success.restored() == null ? "auth_success" : "reconnect_success", frame, core);
    }
    if (frame instanceof ServerFrame.Queued) {
      transport.rest();
      aware = true;
      return event("queued", frame, core);
    }
    if (frame instanceof ServerFrame.Move) {
      return event("move", frame, core);
    }
    if (frame instanceof ServerFrame.Closing closing) {
      return transport.isRefused() ? null : error(closing.reason().slug());
    }
    if (frame instanceof ServerFrame.AuthError refused) {
      return refuse(refused.failure());
    }
    if (frame instanceof ServerFrame.ReconnectFailed refused) {
      return refuse(refused.failure());
    }
    if (frame instanceof ServerFrame.TokenExpiring expiring) {
      endWith(expiring.expiresAtMs());
    }
    return null;
  }

  private Buffer event(String type, ServerFrame frame, Function<ServerFrame, Buffer> core) {
    return aware
        ? Buffer.buffer("{\"type\":\"" + type + "\",\"event\":\"" + type + "\",\"message\":").appendBuffer(core.apply(frame)).appendString("}")
        : null;
  }

  private Buffer refuse(Failure failure) {
    transport.refuse(goodbye(failure.reason()));
    return error(failure.reason().slug());
  }

  private static CloseReason goodbye(ErrorReason reason) {
    return switch (reason) {
      case DRAINING -> CloseReason.RESTARTING;
      case TOKEN_EXPIRED -> CloseReason.TOKEN_EXPIRED;
      case RESUME_REVOKED -> CloseReason.REVOKED;
      default -> reason.temporary() ? CloseReason.OVER_CAPACITY : CloseReason.NOT_AUTHENTICATED;
    };
  }

  /** A client of the bridge cannot bring another token: with its token a waiter's socket ends, too, and the place is kept as for everybody whose socket is gone. */
  private void endWith(long expiresAtMs) {
    long left = expiresAtMs + leewayMs - clock.epochMs().getAsLong();
    vertx.timer(Math.max(1, left), TimeUnit.MILLISECONDS).onComplete(due -> {
      if (!transport.isIn()) {
        transport.violateLater(CloseReason.TOKEN_EXPIRED);
      }
    });
  }
}
