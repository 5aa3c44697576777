package io.vestibule.gateway.transport;

import io.vertx.core.http.HttpConnection;
import io.vertx.ext.web.RoutingContext;

/**
 * What a SockJS session takes in while it is not read. Vert.x keeps all of that, however much it is; so a WebSocket that carries the session is not read either, and of what is posted only
 * {@value #MOST_BYTES} bytes and one body are kept. Posts come on any event loop; thread-safe.
 */
public final class Intake {
  /** As much as anybody may send who is not known yet. */
  static final int MOST_BYTES = BoundedFrameDecoder.STRANGERS_BYTES;

  private static final String KEY = "sockjs.intake";

  private final HttpConnection webSocket;
  private boolean paused;
  private long bytes;

  private Intake(HttpConnection webSocket) {
    this.webSocket = webSocket;
  }

  /** Goes with a request, which may open a session and carry all of it. */
  static void attach(RoutingContext routed) {
    routed.put(KEY, new Intake(WebSocketEndpoint.isUpgrade(routed.request()) ? routed.request().connection() : null));
  }

  /**
   * The intake of the session that this request opened. A raw WebSocket, which is no session of SockJS, stops reading by itself.
   *
   * @param opening the request
   */
  public static Intake of(RoutingContext opening) {
    Intake intake = opening.get(KEY);
    return intake == null ? new Intake(null) : intake;
  }

  /** The session is not read from now on. */
  public synchronized void pause() {
    paused = true;
    read(false);
  }

  /** The session is read, or is closed and keeps nothing. */
  public synchronized void resume() {
    paused = false;
    bytes = 0;
    read(true);
  }

  /**
   * Whether a request may hand in what it brings.
   *
   * @param posted bytes of its body; none for a poll
   */
  synchronized boolean takes(int posted) {
    if (!paused || posted <= 0) {
      return true;
    }
    boolean taken = bytes <= MOST_BYTES;
    bytes += taken ? posted : 0;
    return taken;
  }

  private void read(boolean on) {
    if (webSocket != null) {
      Carrier.channel(webSocket).config().setAutoRead(on);
    }
  }
}
