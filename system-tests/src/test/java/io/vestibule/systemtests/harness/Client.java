package io.vestibule.systemtests.harness;

import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** A client of the core dialect on {@code /ws}, written from {@code docs/protocol.md}. Keeps every frame that came. Thread-safe. */
public final class Client implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** How and when a socket ended. */
  public record End(int code, String reason, long atNanos) {
    /** One that ends now. */
    End(int code, String reason) {
      this(code, reason, System.nanoTime());
    }
  }

  private final String name;
  private final Consumer<Frame> observer;
  private final List<Frame> frames = new ArrayList<>();
  private final CompletableFuture<End> end = new CompletableFuture<>();
  private WebSocket socket;
  private CompletableFuture<?> sending = CompletableFuture.completedFuture(null);
  private long lastId;

  private Client(String name, Consumer<Frame> observer) {
    this.name = name;
    this.observer = observer;
  }

  /**
   * Opens a socket and sends nothing.
   *
   * @param name for messages of failures
   * @throws java.util.concurrent.CompletionException if the handshake is refused
   */
  public static Client open(HttpClient http, URI url, String name) {
    return open(http, url, name, frame -> {});
  }

  /** As the other, and tells of each frame as it comes, on a thread of the socket's. */
  public static Client open(HttpClient http, URI url, String name, Consumer<Frame> observer) {
    Client client = new Client(name, observer);
    client.socket = http.newWebSocketBuilder().connectTimeout(LIMIT).buildAsync(url, client.new Listener()).join();
    return client;
  }

  /** Sends a frame, after those that were sent before. */
  public synchronized void send(JsonObject frame) {
    // The socket takes one at a time; a failure is seen by whoever waits for what follows from the frame.
    sending = sending.handle((sent, thrown) -> null).thenCompose(nothing -> socket.sendText(frame.encode(), true));
  }

  /** Sends a frame with an id and waits for the reply to it, which must be of this type. */
  public Frame request(JsonObject frame, String replyType) throws InterruptedException {
    Frame reply = request(frame);
    if (!replyType.equals(reply.type())) {
      throw new AssertionError(name + " asked " + frame.encode() + " and was told " + reply.json().encode());
    }
    return reply;
  }

  /** Sends a frame with an id and waits for the reply to it, whatever that is. */
  public Frame request(JsonObject frame) throws InterruptedException {
    String id = nextId();
    send(frame.copy().put("id", id));
    return await("the reply to " + frame.getString("type"), candidate -> id.equals(candidate.json().getValue("id")), LIMIT);
  }

  private synchronized String nextId() {
    lastId++;
    return "request-" + lastId;
  }

  /** Subscribes and waits until the server says so. */
  public Client subscribe(String topic) throws InterruptedException {
    request(new JsonObject().put("type", "subscribe").put("topic", topic), "subscribed");
    return this;
  }

  /** Publishes; the server is silent when it works. */
  public void publish(String topic, JsonObject data) {
    send(new JsonObject().put("type", "message").put("topic", topic).put("data", data));
  }

  /**
   * The first frame of all that came or come that is like this.
   *
   * @throws AssertionError after {@code limit}, or when the socket has ended without one
   */
  public synchronized Frame await(String what, Predicate<Frame> predicate, Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    int seen = 0;
    while (true) {
      for (; seen < frames.size(); seen++) {
        if (predicate.test(frames.get(seen))) {
          return frames.get(seen);
        }
      }
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0 || end.isDone()) {
        throw new AssertionError(name + " waited for " + what + "; " + (end.isDone() ? "the socket ended: " + end.join() : "not within " + limit)
            + "; the last of " + frames.size() + " frames: " + lastFrames());
      }
      wait(left);
    }
  }

  /** As the other, with a limit that is enough for anything that works. */
  public Frame await(String what, Predicate<Frame> predicate) throws InterruptedException {
    return await(what, predicate, LIMIT);
  }

  /** Every frame that came, in their order. */
  public synchronized List<Frame> frames() {
    return List.copyOf(frames);
  }

  /** The end of the socket, waited for. */
  public End awaitEnd(Duration limit) {
    return end.orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS).join();
  }

  /** Does this when the socket has ended, or at once if it has. */
  public void onEnd(Consumer<End> action) {
    end.thenAccept(action);
  }

  /** Whether the socket has ended. */
  public boolean hasEnded() {
    return end.isDone();
  }

  public String name() {
    return name;
  }

  @Override
  public void close() {
    socket.abort();
  }

  private String lastFrames() {
    return frames.subList(Math.max(0, frames.size() - 5), frames.size()).stream().map(frame -> frame.json().encode()).toList().toString();
  }

  private void came(String text) {
    Frame frame = new Frame(new JsonObject(text), System.nanoTime());
    synchronized (this) {
      frames.add(frame);
      notifyAll();
    }
    observer.accept(frame);
  }

  private synchronized void ended(End how) {
    end.complete(how);
    notifyAll();
  }

  private final class Listener implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        came(text.toString());
        text.setLength(0);
      }
      webSocket.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket webSocket, int code, String reason) {
      ended(new End(code, reason));
      return null;
    }

    @Override
    public void onError(WebSocket webSocket, Throwable error) {
      ended(new End(1006, error.toString()));
    }
  }
}
