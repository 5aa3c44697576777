package io.vestibule.gateway.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
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

  /** Has the channel's close take with it what the kernel holds for a peer that reads nothing: megabytes, which it would keep offering for many minutes. */
  static void forget(Channel channel) {
    if (channel.isOpen()) {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
    }
  }

  /** The same for a connection. */
  public static void cut(HttpConnection connection) {
    cut(channel(connection));
  }

  /** The same for a channel. */
  static void cut(Channel channel) {
    ChannelHandlerContext first = channel.pipeline().firstContext();
    if (first != null) { // the pipeline of a closed channel is empty
      forget(first.channel());
      first.close();
    }
  }

  /** The channel of a connection of this server. */
  static Channel channel(HttpConnection connection) {
    return ((HttpServerConnection) connection).channelHandlerContext().channel();
  }
}
