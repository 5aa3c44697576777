package io.vestibule.gateway.transport;

import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import io.vertx.ext.web.handler.sockjs.SockJSSocket;
import io.vestibule.contract.error.CloseReason;

/**
 * A SockJS session, whatever carries it and whatever is spoken over it. Its {@code writeQueueFull} does not tell the truth, so what is sent is counted here until its write completes; and it keeps
 * whatever comes while nobody reads, which is what {@link Intake} bounds. It has a heartbeat of its own.
 */
public abstract class SockJsSession implements Transport {
  private final SockJSSocket socket;
  private final ContextInternal context;
  private final Intake intake;
  private final Carriers carriers;
  private long buffered;
  private long left;
  private CloseReason closing;
  private boolean gone;

  /**
   * A session that was just opened.
   *
   * @param context of the connection, on which everything happens
   */
  protected SockJsSession(SockJSSocket socket, ContextInternal context) {
    this.socket = socket;
    this.context = context;
    this.intake = Intake.of(socket.routingContext());
    this.carriers = Carriers.of(socket.routingContext());
    // A peer that breaks off is told to the close handler too; without this one, also where nobody is let in, Vert.x logs each as an error with its stack.
    socket.exceptionHandler(broken -> { });
  }

  /** Brings something to the connection's event loop: at once where this is it, so that a message which pauses the session holds back the next one. */
  protected final void onLoop(Runnable task) {
    // With polling, what comes in and what has left is told on the event loop of whichever request carried it.
    context.emit(task, Runnable::run);
  }

  /** Sends a text; done when it has left. Of a session that has ended nothing leaves. */
  protected final Future<Void> write(String text) {
    if (gone) {
      return Future.failedFuture("the session has ended");
    }
    int length = text.length();
    buffered += length;
    return socket.write(text).onComplete(written -> onLoop(() -> {
      buffered -= length;
      left += length;
      closeWhenWritten();
    }));
  }

  /** Whether the session has neither ended nor been told to. */
  protected final boolean isOpen() {
    return !gone && closing == null;
  }

  /** Whether the session has ended. */
  protected final boolean isGone() {
    return gone;
  }

  /** The session has ended; says whether this is news. */
  protected final boolean end() {
    boolean news = !gone;
    gone = true;
    if (news && buffered > 0) {
      // Nobody waits for what its carriers still hold.
      carriers.cut();
    }
    return news;
  }

  @Override
  public void send(OutboundFrame frame) {
    write(frame.text());
  }

  @Override
  public final long bufferedBytes() {
    return buffered;
  }

  @Override
  public final long progress() {
    return left;
  }

  @Override
  public final void ping() {
    // SockJS sends its own heartbeats, and a client of the bridge pings by itself.
  }

  @Override
  public final boolean answersPings() {
    return false;
  }

  @Override
  public final void pause() {
    socket.pause();
    intake.pause();
  }

  @Override
  public void resume() {
    // First this: what the session hands over may pause it again.
    intake.resume();
    socket.resume();
  }

  /**
   * Closes when what was sent before has left: a SockJS session throws away what it still holds when it is closed, and with polling that is
   * everything since the last poll. A client that does not poll again loses its session soon.
   */
  @Override
  public final void close(CloseReason reason) {
    if (closing == null) {
      closing = reason;
      closeWhenWritten();
    }
  }

  private void closeWhenWritten() {
    if (closing != null && buffered == 0 && !gone) {
      intake.resume();
      socket.close(closing.code(), closing.slug());
    }
  }

  @Override
  public final void kill() {
    socket.close();
    carriers.cut();
  }
}
