package io.vestibule.bench.bare;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The baseline: what somebody writes in an afternoon with Vert.x alone. It believes every token, checks nothing and limits nothing; it
 * answers {@code auth} and {@code subscribe}, and writes each message to each subscriber's socket with {@code writeTextMessage}. One verticle
 * for each event loop; a message reaches the sockets of the others over the local event bus. Its {@code message} frames have the bytes
 * that Vestibule's have. All options are the platform's own, except that compression is off, as it is in Vestibule.
 */
@Command(name = "bare-server", mixinStandardHelpOptions = true,
    description = "The baseline of the comparison: a plain Vert.x server without authentication, limits or cluster.")
public final class BareServer implements Callable<Integer> {
  @Option(names = "--host", defaultValue = "127.0.0.1", description = "Address to listen on (default: ${DEFAULT-VALUE}).")
  private String host;

  @Option(names = "--port", defaultValue = "8090", description = "Port to listen on, 0 for any (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(names = "--instances", defaultValue = "0", description = "Event loops that serve; 0: one for each processor.")
  private int instances;

  public static void main(String[] args) {
    System.exit(new CommandLine(new BareServer()).execute(args));
  }

  /** Serves until the process is ended. */
  @Override
  public Integer call() throws InterruptedException {
    Vertx vertx = Vertx.vertx();
    var ended = new CountDownLatch(1);
    start(vertx, host, port, instances == 0 ? Runtime.getRuntime().availableProcessors() : instances)
        .onSuccess(actual -> System.out.println("bare server listening on " + host + ":" + actual))
        .onFailure(e -> {
          System.err.println("bare server: " + e.getMessage());
          ended.countDown();
        });
    ended.await();
    return 1;
  }

  /**
   * Starts it on a Vert.x of the caller's, which ends it.
   *
   * @param port 0 for any
   * @return the port it listens on
   */
  public static Future<Integer> start(Vertx vertx, String host, int port, int instances) {
    var actual = new AtomicInteger();
    // A negative port is any free one, the same for all instances.
    return vertx.deployVerticle(() -> new Instance(host, port == 0 ? -1 : port, actual), new DeploymentOptions().setInstances(instances))
        .map(id -> actual.get());
  }

  private static final class Instance extends VerticleBase {
    private static final DateTimeFormatter TIMESTAMP =
        DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private final String host;
    private final int port;
    private final AtomicInteger actualPort;
    private final Map<String, Set<ServerWebSocket>> subscribers = new HashMap<>();
    private final Map<String, MessageConsumer<String>> consumers = new HashMap<>();

    Instance(String host, int port, AtomicInteger actualPort) {
      this.host = host;
      this.port = port;
      this.actualPort = actualPort;
    }

    @Override
    public Future<HttpServer> start() {
      var options = new HttpServerOptions().setHost(host).setPort(port)
          .setPerMessageWebSocketCompressionSupported(false).setPerFrameWebSocketCompressionSupported(false);
      return vertx.createHttpServer(options)
          .requestHandler(request -> request.response().end("serving"))
          .webSocketHandler(socket -> new Client(socket).serve())
          .listen()
          .onSuccess(server -> actualPort.set(server.actualPort()));
    }

    private void subscribe(String topic, ServerWebSocket socket) {
      subscribers.computeIfAbsent(topic, t -> new HashSet<>()).add(socket);
      consumers.computeIfAbsent(topic, t -> vertx.eventBus().localConsumer(t, message -> deliver(t, message.body())));
    }

    private void unsubscribe(String topic, ServerWebSocket socket) {
      subscribers.computeIfPresent(topic, (t, sockets) -> sockets.remove(socket) && sockets.isEmpty() ? null : sockets);
      if (!subscribers.containsKey(topic) && consumers.containsKey(topic)) {
        consumers.remove(topic).unregister();
      }
    }

    private void deliver(String topic, String frame) {
      for (ServerWebSocket socket : subscribers.getOrDefault(topic, Set.of())) {
        socket.writeTextMessage(frame);
      }
    }

    /** One socket and the little that is remembered of it. */
    private final class Client {
      private final ServerWebSocket socket;
      private final Set<String> topics = new HashSet<>();
      private String userId;

      Client(ServerWebSocket socket) {
        this.socket = socket;
      }

      void serve() {
        socket.textMessageHandler(this::receive);
        socket.closeHandler(v -> topics.forEach(topic -> unsubscribe(topic, socket)));
      }

      private void receive(String text) {
        try {
          JsonObject frame = new JsonObject(text);
          switch (frame.getString("type", "")) {
            case "auth" -> authenticate(frame.getString("token"));
            case "subscribe" -> {
              String topic = frame.getString("topic");
              topics.add(topic);
              subscribe(topic, socket);
              reply(new JsonObject().put("type", "subscribed").put("topic", topic));
            }
            case "message" -> publish(frame);
            default -> reply(new JsonObject().put("type", "error").put("code", 400).put("reason", "unknown_type"));
          }
        } catch (DecodeException | ClassCastException | IllegalArgumentException e) {
          socket.close((short) 4400, "protocol_abuse");
        }
      }

      private void authenticate(String token) {
        String[] parts = token.split("\\.");
        byte[] payload = Base64.getUrlDecoder().decode(parts[Math.min(1, parts.length - 1)]);
        userId = new JsonObject(new String(payload, StandardCharsets.UTF_8)).getString("sub");
        reply(new JsonObject().put("type", "auth_success").put("userId", userId));
      }

      private void publish(JsonObject frame) {
        String topic = frame.getString("topic");
        var message = new JsonObject().put("type", "message").put("topic", topic).put("data", frame.getValue("data"))
            .put("metadata", new JsonObject().put("senderId", userId))
            .put("timestamp", TIMESTAMP.format(Instant.now()));
        vertx.eventBus().publish(topic, message.encode());
      }

      private void reply(JsonObject frame) {
        socket.writeTextMessage(frame.put("timestamp", TIMESTAMP.format(Instant.now())).encode());
      }
    }
  }
}
