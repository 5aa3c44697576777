package io.vestibule.gateway.transport;

import io.netty.channel.ChannelHandlerContext;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.HttpServerConnection;

/** The TCP connection that a request came by, and that whatever became of the request goes on by. */
public final class Carrier {
  private Carrier() {}

  /**
   * Ends it now, with everything that waits to be written. Vert.x's own close writes all of that first, which a peer that reads nothing never lets it; and
   * it catches the channel's close on its way through the pipeline, so the pipeline is passed by.
   */
  public static void cut(HttpServerRequest request) {
    cut(request.connection());
  }

  /** The same for a connection. */
  static void cut(HttpConnection connection) {
    if (connection instanceof HttpServerConnection internal) {
      ChannelHandlerContext first = internal.channelHandlerContext().pipeline().firstContext();
      if (first != null) { // the pipeline of a closed channel is empty
        first.close();
      }
    } else {
      connection.close();
    }
  }
}
