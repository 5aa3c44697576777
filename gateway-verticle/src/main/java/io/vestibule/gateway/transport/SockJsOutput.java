package io.vestibule.gateway.transport;

import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import io.vertx.ext.web.handler.sockjs.SockJSSocket;
import io.vestibule.contract.error.CloseReason;

/**
 * The way out of a SockJS session, whatever carries it. Its {@code writeQueueFull} does not tell the truth, so bytes are counted here until their write completes. Used on the event loop of
 * the context; with polling a write ends on whichever event loop carried the poll, and is brought back.
 */
public final class SockJsOutput {
  private final SockJSSocket socket;
  private final ContextInternal context;
  private long buffered;
  private long left;
  private CloseReason closing;
  private boolean gone;

  /** The way out of a session that was just opened. */
  public SockJsOutput(SockJSSocket socket, ContextInternal context) {
    this.socket = socket;
    this.context = context;
  }

  /** Sends a text; done when it has left. Of a session that has ended nothing leaves. */
  public Future<Void> write(String text) {
    if (gone) {
      return Future.failedFuture("the session has ended");
    }
    int length = text.length();
    buffered += length;
    return socket.write(text).onComplete(written -> context.emit(v -> {
      buffered -= length;
      left += length;
      closeWhenWritten();
    }));
  }

  /** Characters that were sent and have not left. */
  public long buffered() {
    return buffered;
  }

  /** Characters that have left. */
  public long left() {
    return left;
  }

  /** Whether it was told to close. */
  public boolean isClosing() {
    return closing != null;
  }

  /** Whether the session has ended. */
  public boolean isGone() {
    return gone;
  }

  /**
   * Closes when what was sent before has left: a SockJS session throws away what it still holds when it is closed, and with polling that is
   * everything since the last poll. A client that does not poll again loses its session soon.
   */
  public void close(CloseReason reason) {
    if (closing == null) {
      closing = reason;
      closeWhenWritten();
    }
  }

  private void closeWhenWritten() {
    if (closing != null && buffered == 0 && !gone) {
      socket.close(closing.code(), closing.slug());
    }
  }

  /** The session has ended; says whether it had not before. */
  public boolean end() {
    boolean first = !gone;
    gone = true;
    return first;
  }
}
