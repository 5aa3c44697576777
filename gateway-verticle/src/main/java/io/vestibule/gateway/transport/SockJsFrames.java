package io.vestibule.gateway.transport;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.vertx.core.http.HttpConnection;
import io.vestibule.contract.error.CloseReason;
import java.util.function.Consumer;

/** The frames of a WebSocket that carries a SockJS session: bounded as those of {@link WebSocketTransport}, and what breaks the rules is told, where Vert.x would just end the connection. */
final class SockJsFrames extends ChannelInboundHandlerAdapter {
  private final Consumer<CloseReason> violated;

  private SockJsFrames(Consumer<CloseReason> violated) {
    this.violated = violated;
  }

  /** Watches over a connection just after its handshake, on its event loop. */
  static void watch(HttpConnection connection, BoundedFrameDecoder.Bounds bounds, Consumer<CloseReason> violated) {
    ChannelPipeline pipeline = Carrier.channel(connection).pipeline();
    BoundedFrameDecoder.install(pipeline, bounds);
    pipeline.addBefore(WebSocketTransport.VERTX_HANDLER, "violations", new SockJsFrames(violated));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof CorruptedWebSocketFrameException corrupted) {
      violated.accept(BoundedFrameDecoder.reasonOf(corrupted));
    } else {
      ctx.fireExceptionCaught(cause);
    }
  }
}
