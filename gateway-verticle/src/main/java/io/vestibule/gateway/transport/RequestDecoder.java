package io.vestibule.gateway.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMessage;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.impl.VertxHttpRequestDecoder;
import java.util.List;

/**
 * The server's decoder of requests, in two things stricter. A body of two lengths is malformed: Netty believes the chunks and drops the {@code Content-Length} before anybody sees it, and a proxy that
 * believed that would see other requests on the connection than this server (RFC 9112, section 6.3). And a chunk that cannot be read is told to the request, with time for an answer.
 */
public final class RequestDecoder extends VertxHttpRequestDecoder {
  private static final String NAME = "httpDecoder";

  /** A body that cannot be read to its end; so nobody knows where the next request would begin. */
  public static final class MalformedBody extends DecoderException {
    private static final long serialVersionUID = 1L;

    MalformedBody(Throwable why) {
      super(String.valueOf(why.getMessage()));
    }
  }

  private RequestDecoder(HttpServerOptions options) {
    super(options);
  }

  /** Puts one in the place of the server's own on a connection of HTTP/1.1 by which nothing has come yet. */
  public static void install(HttpConnection connection, HttpServerOptions options) {
    Carrier.channel(connection).pipeline().replace(NAME, NAME, new RequestDecoder(options));
  }

  @Override
  protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
    throw new IllegalArgumentException("Both Content-Length and Transfer-Encoding");
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf buffer, List<Object> out) throws Exception {
    super.decode(context, buffer, out);
    // A request that cannot be read at all is a message with a content.
    if (!out.isEmpty() && out.get(out.size() - 1) instanceof HttpContent chunk && !(chunk instanceof HttpMessage) && chunk.decoderResult().isFailure()) {
      // Only an exception of Netty's decoding is the client's fault to Vert.x; Netty's own here may be a NumberFormatException.
      chunk.setDecoderResult(DecoderResult.failure(new MalformedBody(chunk.decoderResult().cause())));
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) throws Exception {
    if (cause instanceof MalformedBody) {
      // Vert.x lets the request know, and closes the channel. What is written in the midst of reading is not flushed before that, so the answer would be lost.
      context.executor().execute(() -> context.fireExceptionCaught(cause));
    } else {
      super.exceptionCaught(context, cause);
    }
  }
}
