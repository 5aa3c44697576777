package io.vestibule.gateway.transport;

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
    HttpConnection connection = request.connection();
    if (connection instanceof HttpServerConnection internal) {
      internal.channelHandlerContext().pipeline().firstContext().close();
    } else {
      connection.close();
    }
  }
}
