package io.vestibule.bench.load;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/** A server of the dialect's few frames that a load client needs, which mistreats messages as a test asks. */
final class FaultyServer implements AutoCloseable {
  private final Vertx vertx = Vertx.vertx();
  private final List<ServerWebSocket> subscribers = new ArrayList<>();
  private final Set<String> tokens = ConcurrentHashMap.newKeySet();
  private final Set<String> topics = ConcurrentHashMap.newKeySet();
  private final BiConsumer<FaultyServer, Message> fault;
  private final HttpServer server;
  private int count;

  /**
   * A published message.
   *
   * @param number of all that arrive here
   * @param sender who published it
   * @param ofSender its number among those of the sender
   * @param frame that subscribers would get
   */
  record Message(int number, Object sender, int ofSender, String frame) {}

  FaultyServer(BiConsumer<FaultyServer, Message> fault) {
    this(fault, new HttpServerOptions());
  }

  FaultyServer(BiConsumer<FaultyServer, Message> fault, HttpServerOptions options) {
    this.fault = fault;
    this.server = vertx.createHttpServer(options).webSocketHandler(this::serve)
        .requestHandler(request -> request.response().end("{\"token\":\"for-" + request.path().substring(1).replace('/', '-') + "\"}"))
        .listen(0, "127.0.0.1").await();
  }

  URI uri() {
    return URI.create("ws://127.0.0.1:" + port() + "/ws");
  }

  int port() {
    return server.actualPort();
  }

  /** What clients showed as their token. */
  Set<String> tokens() {
    return tokens;
  }

  /** What clients subscribed to. */
  Set<String> topics() {
    return topics;
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
    var published = new AtomicInteger();
    socket.textMessageHandler(text -> {
      JsonObject frame = new JsonObject(text);
      switch (frame.getString("type")) {
        case "auth" -> {
          tokens.add(frame.getString("token"));
          socket.writeTextMessage("{\"type\":\"auth_success\"}");
          socket.writeTextMessage("{\"type\":\"subscribed\",\"topic\":\"user.x\",\"auto\":true}");
        }
        case "subscribe" -> {
          topics.add(frame.getString("topic"));
          subscribers.add(socket);
          socket.writeTextMessage("{\"topic\":\"" + frame.getString("topic") + "\",\"type\":\"subscribed\"}");
        }
        default -> fault.accept(this, new Message(count++, socket, published.getAndIncrement(), frame.encode()));
      }
    });
  }
}
