package io.vestibule.gateway.bridge;

import io.vertx.core.Handler;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.bridge.BridgeEventType;
import io.vertx.ext.web.handler.sockjs.BridgeEvent;
import io.vestibule.contract.log.EventLog;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.contract.log.LogKey;

/**
 * Decides on everything that a client of the bridge asks for. The bridge itself lets replies pass that anybody sends to an address which anybody was given,
 * so which socket was given which is kept here.
 */
final class BridgeHooks implements Handler<BridgeEvent> {
  private static final int MAX_LOGGED = 200;
  private static final EventLog LOG = EventLog.of(BridgeHooks.class);

  @Override
  public void handle(BridgeEvent event) {
    event.complete(event.socket() instanceof BridgeSocket socket && permits(event.type(), event.getRawMessage(), socket));
  }

  private static boolean permits(BridgeEventType type, JsonObject message, BridgeSocket socket) {
    return switch (type) {
      case SEND -> {
        String address = message.getString("address");
        yield logged(socket.user().inbound().contains(address) || socket.takeReply(address), message, socket) && secured(message, socket);
      }
      case PUBLISH -> logged(socket.user().inbound().contains(message.getString("address")), message, socket) && secured(message, socket);
      case REGISTER -> logged(socket.user().outbound().contains(message.getString("address")), message, socket);
      case RECEIVE -> {
        socket.offerReply(message.getString("replyAddress"));
        yield true;
      }
      default -> true;
    };
  }

  private static boolean secured(JsonObject message, BridgeSocket socket) {
    return logged(BridgeHeaders.secure(message, socket.user().userId()), message, socket);
  }

  private static boolean logged(boolean permitted, JsonObject message, BridgeSocket socket) {
    if (!permitted) {
      String address = message.getString("address");
      LOG.info(LogEvent.BRIDGE_REFUSED, socket.id()).with(LogKey.USER, socket.user().userId()).with(LogKey.CALL, message.getString("type"))
          .with(LogKey.ADDRESS, address.length() > MAX_LOGGED ? address.substring(0, MAX_LOGGED) : address).write();
    }
    return permitted;
  }
}
