package io.vestibule.gateway.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.http.WebSocketInternal;
import io.vestibule.contract.error.CloseReason;
import java.util.ArrayDeque;

/**
 * A WebSocket. Vert.x does the handshake; then this handler takes the channel over, because Vert.x's own objects behind a WebSocket hold some 10 KB that an idle
 * client does not need (two outbound queues of 4 KB each, the request and its headers), and because data frames that take the short way cost half as much: outbound, one
 * encoded frame is shared by all sockets of the event loop. This half reads, {@link WebSocketOutput} writes. See docs/decisions/0001-websocket-channel.md.
 */
final class WebSocketTransport extends WebSocketOutput {
  /** Vert.x's own handler in the pipeline, its last. */
  static final String VERTX_HANDLER = "handler";

  private final ContextInternal context;
  private TransportListener listener;
  private boolean paused;
  private boolean delivering;
  private boolean broken;
  private MessageAssembly assembly;
  private ArrayDeque<byte[]> held;

  private WebSocketTransport(ChannelHandlerContext out, ContextInternal context, FlushQueue flushes) {
    super(out, flushes);
    this.context = context;
  }

  /**
   * Takes a socket over, just after its handshake and on its event loop.
   *
   * @param context the context that the listener is called on; the socket's own would keep its request alive
   * @param bounds of frames and messages
   */
  static WebSocketTransport of(ServerWebSocket socket, ContextInternal context, FlushQueue flushes, BoundedFrameDecoder.Bounds bounds) {
    ChannelPipeline pipeline = ((WebSocketInternal) socket).channelHandlerContext().pipeline();
    BoundedFrameDecoder.install(pipeline, bounds);
    // Written from the encoder's place, a whole frame passes the encoder by and meets TLS, where there is any.
    return new WebSocketTransport(pipeline.context(WebSocket13FrameEncoder.class), context, flushes);
  }

  /** Whether the socket outlived its handshake; of one that did not, nothing more would be heard. */
  static boolean isOpen(ServerWebSocket socket) {
    return ((WebSocketInternal) socket).channelHandlerContext().channel().isActive();
  }

  /** Begins to read. */
  void start(TransportListener to) {
    listener = to;
    ChannelPipeline pipeline = channel().pipeline();
    // The heartbeat tells when this socket is idle; a timer for each socket is what the wheel is there to save.
    if (pipeline.get(IdleStateHandler.class) != null) {
      pipeline.remove(IdleStateHandler.class);
    }
    pipeline.replace(VERTX_HANDLER, "vestibule", this);
  }

  @Override
  public String name() {
    return "websocket";
  }

  @Override
  public void trust() {
    BoundedFrameDecoder.trust(channel());
  }

  @Override
  public void pause() {
    paused = true;
    channel().config().setAutoRead(false);
  }

  @Override
  public void resume() {
    paused = false;
    // What is delivered may pause and resume. The loop that is under way goes on then, instead of one within the other for each message.
    if (!delivering) {
      deliverHeld();
    }
    if (!paused && !isGone()) {
      channel().config().setAutoRead(true);
    }
  }

  private void deliverHeld() {
    delivering = true;
    while (!paused && held != null) {
      byte[] next = held.poll();
      if (next == null) {
        held = null;
      } else {
        deliver(next);
      }
    }
    delivering = false;
  }

  /** Sends the close frame; the peer's own, or {@link #kill}, ends the connection (RFC 6455, section 7.1.1: the server closes TCP). */
  @Override
  public void close(CloseReason reason) {
    if (!isGone() && !isCloseSent()) {
      ChannelFuture sent = sendLast(new CloseWebSocketFrame(reason.code(), reason.slug()));
      if (broken && channel() instanceof DuplexChannel duplex) {
        // Its answer cannot be read any more. Half a close ends the connection without the reset that might destroy our goodbye.
        sent.addListener(done -> duplex.shutdownOutput());
      }
      // A peer that was held back could not answer.
      resume();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (message instanceof CloseWebSocketFrame close) {
        closedByPeer(close);
      } else if (message instanceof WebSocketFrame frame && !isCloseSent()) {
        read(frame);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void closedByPeer(CloseWebSocketFrame close) {
    if (isCloseSent()) {
      channel().close();
    } else {
      int code = close.statusCode();
      CloseWebSocketFrame echo = code < 0 ? new CloseWebSocketFrame() : new CloseWebSocketFrame(code, "");
      sendLast(echo).addListener(ChannelFutureListener.CLOSE);
    }
  }

  private void read(WebSocketFrame frame) {
    if (frame instanceof TextWebSocketFrame || frame instanceof BinaryWebSocketFrame) {
      boolean text = frame instanceof TextWebSocketFrame;
      if (!frame.isFinalFragment()) {
        assembly = new MessageAssembly(text);
        assembly.append(frame.content());
      } else if (text) {
        received(bytes(frame.content()));
      } else {
        context.dispatch(listener, TransportListener::receivedBinary);
      }
    } else if (frame instanceof ContinuationWebSocketFrame) {
      assembly.append(frame.content());
      if (frame.isFinalFragment()) {
        MessageAssembly whole = assembly;
        assembly = null;
        if (whole.isText()) {
          received(whole.bytes());
        } else {
          context.dispatch(listener, TransportListener::receivedBinary);
        }
      }
    } else if (frame instanceof PingWebSocketFrame) {
      pong(frame.content());
      context.dispatch(listener, TransportListener::pinged);
    } else if (frame instanceof PongWebSocketFrame) {
      context.dispatch(listener, TransportListener::pong);
    }
  }

  private void received(byte[] text) {
    if (paused || held != null) {
      if (held == null) {
        held = new ArrayDeque<>();
      }
      // Bounded by what one read of the channel decoded, because reading stopped with the pause.
      held.add(text);
    } else {
      deliver(text);
    }
  }

  private void deliver(byte[] text) {
    if (!isGone()) {
      context.dispatch(text, listener::received);
    }
  }

  private static byte[] bytes(ByteBuf content) {
    byte[] bytes = new byte[content.readableBytes()];
    content.getBytes(content.readerIndex(), bytes);
    return bytes;
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    ended();
    held = null;
    assembly = null;
    context.dispatch(listener, TransportListener::closed);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof CorruptedWebSocketFrameException corrupted) {
      broken = true;
      assembly = null;
      context.dispatch(BoundedFrameDecoder.reasonOf(corrupted), listener::violated);
    } else {
      // A reset by the peer, a TLS failure: there is nobody left to tell.
      ctx.close();
    }
  }
}
