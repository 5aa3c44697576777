package io.vestibule.bench.load;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/** A server of the dialect's few frames that a load client needs, which mistreats messages as a test asks. */
final class FaultyServer implements AutoCloseable {
  private final Vertx vertx = Vertx.vertx();
  private final List<ServerWebSocket> subscribers = new ArrayList<>();
  private final BiConsumer<FaultyServer, Message> fault;
  private final HttpServer server;
  private int count;

  /** The n-th published message, as the frame that subscribers would get. */
  record Message(int number, String frame) {}

  FaultyServer(BiConsumer<FaultyServer, Message> fault) {
    this.fault = fault;
    this.server = vertx.createHttpServer().webSocketHandler(this::serve).listen(0, "127.0.0.1").await();
  }

  URI uri() {
    return URI.create("ws://127.0.0.1:" + server.actualPort() + "/ws");
  }

  void deliver(String frame) {
    subscribers.forEach(socket -> socket.writeTextMessage(frame));
  }

  /** As if the process had died. */
  void die() {
    server.close();
  }

  @Override
  public void close() {
    vertx.close().await();
  }

  private void serve(ServerWebSocket socket) {
    socket.textMessageHandler(text -> {
      JsonObject frame = new JsonObject(text);
      switch (frame.getString("type")) {
        case "auth" -> {
          socket.writeTextMessage("{\"type\":\"auth_success\"}");
          socket.writeTextMessage("{\"type\":\"subscribed\",\"topic\":\"user.x\",\"auto\":true}");
        }
        case "subscribe" -> {
          subscribers.add(socket);
          socket.writeTextMessage("{\"topic\":\"" + frame.getString("topic") + "\",\"type\":\"subscribed\"}");
        }
        default -> fault.accept(this, new Message(count++, frame.encode()));
      }
    });
  }
}
