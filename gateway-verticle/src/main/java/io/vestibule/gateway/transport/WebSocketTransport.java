package io.vestibule.gateway.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.http.WebSocketInternal;
import io.vestibule.contract.error.CloseReason;
import java.util.ArrayDeque;

/**
 * A WebSocket. Vert.x does the handshake and the closing; between them this handler stands in front of Vert.x's own in the channel's pipeline, because data frames that
 * take the short way cost half as much: inbound they need no stream of frame objects, outbound one encoded frame is shared by all sockets of the event loop.
 * The only class that knows of channels behind Vert.x's sockets.
 */
final class WebSocketTransport extends ChannelInboundHandlerAdapter implements Transport, FlushQueue.Flushable {
  private static final int EMPTY_PING = 0x8900;
  private static final String VERTX_HANDLER = "handler";

  private final ContextInternal context;
  private final ServerWebSocket socket;
  private final FlushQueue flushes;
  private final int maxMessage;
  private final ChannelHandlerContext out;
  private TransportListener listener;
  private long sent;
  private long flushedAtNanos;
  private boolean dirty;
  private boolean paused;
  private boolean gone;
  private MessageAssembly assembly;
  private ArrayDeque<byte[]> held;

  private WebSocketTransport(ServerWebSocket socket, ContextInternal context, FlushQueue flushes, int maxMessage) {
    this.context = context;
    this.socket = socket;
    this.flushes = flushes;
    this.maxMessage = maxMessage;
    this.flushedAtNanos = System.nanoTime() - Integer.MAX_VALUE;
    ChannelHandlerContext vertx = ((WebSocketInternal) socket).channelHandlerContext();
    // Written from here, a whole frame passes the encoder by and meets TLS, where there is any.
    this.out = vertx.pipeline().context(WebSocket13FrameEncoder.class);
  }

  /**
   * Takes a socket over, just after its handshake and on its event loop.
   *
   * @param context the context that the listener is called on; the socket's own would keep its request alive
   * @param maxMessage bytes of a message in all its frames
   */
  static WebSocketTransport of(ServerWebSocket socket, ContextInternal context, FlushQueue flushes, int maxMessage) {
    return new WebSocketTransport(socket, context, flushes, maxMessage);
  }

  /** Begins to read. */
  void start(TransportListener to) {
    listener = to;
    var pipeline = out.pipeline();
    // Its heartbeat tells when this socket is idle; a timer for each socket is what the wheel is there to save.
    if (pipeline.get(IdleStateHandler.class) != null) {
      pipeline.remove(IdleStateHandler.class);
    }
    pipeline.addBefore(VERTX_HANDLER, "vestibule", this);
  }

  @Override
  public String name() {
    return "websocket";
  }

  @Override
  public void send(OutboundFrame frame) {
    if (!gone) {
      write(frame.webSocket(out.alloc()));
    }
  }

  private void write(ByteBuf frame) {
    sent += frame.readableBytes();
    out.write(frame, out.voidPromise());
    if (!dirty) {
      dirty = true;
      flushes.add(this);
    }
  }

  @Override
  public void flush() {
    dirty = false;
    flushedAtNanos = System.nanoTime();
    out.flush();
  }

  @Override
  public long flushedAtNanos() {
    return flushedAtNanos;
  }

  @Override
  public long bufferedBytes() {
    ChannelOutboundBuffer queue = out.channel().unsafe().outboundBuffer();
    return queue == null ? 0 : queue.totalPendingWriteBytes();
  }

  @Override
  public long progress() {
    ChannelOutboundBuffer queue = out.channel().unsafe().outboundBuffer();
    // Within one large frame only its own progress moves.
    return queue == null ? sent : sent - queue.totalPendingWriteBytes() + queue.currentProgress();
  }

  @Override
  public void ping() {
    if (!gone) {
      write(out.alloc().directBuffer(2).writeShort(EMPTY_PING));
    }
  }

  @Override
  public boolean answersPings() {
    return true;
  }

  @Override
  public void pause() {
    paused = true;
    out.channel().config().setAutoRead(false);
  }

  @Override
  public void resume() {
    paused = false;
    while (!paused && held != null && !held.isEmpty()) {
      deliver(held.poll());
    }
    if (!paused) {
      held = null;
      out.channel().config().setAutoRead(true);
    }
  }

  @Override
  public void close(CloseReason reason) {
    if (!gone) {
      flush();
      socket.close((short) reason.code(), reason.slug());
    }
  }

  @Override
  public void kill() {
    Channel channel = out.channel();
    if (channel.isOpen()) {
      channel.close();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof CloseWebSocketFrame || !(message instanceof WebSocketFrame frame)) {
      ctx.fireChannelRead(message);
      return;
    }
    try {
      read(frame);
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void read(WebSocketFrame frame) {
    if (frame instanceof TextWebSocketFrame || frame instanceof BinaryWebSocketFrame) {
      boolean text = frame instanceof TextWebSocketFrame;
      if (!frame.isFinalFragment()) {
        assembly = new MessageAssembly(text, maxMessage);
        append(frame.content());
      } else if (text) {
        received(bytes(frame.content()));
      } else {
        context.dispatch(listener, TransportListener::receivedBinary);
      }
    } else if (frame instanceof ContinuationWebSocketFrame) {
      if (assembly != null && append(frame.content()) && frame.isFinalFragment()) {
        MessageAssembly whole = assembly;
        assembly = null;
        if (whole.isText()) {
          received(whole.bytes());
        } else {
          context.dispatch(listener, TransportListener::receivedBinary);
        }
      }
    } else if (frame instanceof PingWebSocketFrame) {
      if (!gone) {
        out.pipeline().writeAndFlush(new PongWebSocketFrame(frame.content().retain()));
      }
      context.dispatch(listener, TransportListener::pinged);
    } else if (frame instanceof PongWebSocketFrame) {
      context.dispatch(listener, TransportListener::pong);
    }
  }

  private boolean append(ByteBuf fragment) {
    if (assembly.append(fragment)) {
      return true;
    }
    assembly = null;
    context.dispatch(CloseReason.TOO_LARGE, listener::violated);
    return false;
  }

  private void received(byte[] text) {
    if (paused) {
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
    if (!gone) {
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
    gone = true;
    held = null;
    assembly = null;
    context.dispatch(listener, TransportListener::closed);
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof CorruptedWebSocketFrameException corrupted) {
      WebSocketCloseStatus status = corrupted.closeStatus();
      CloseReason reason = WebSocketCloseStatus.MESSAGE_TOO_BIG.equals(status) ? CloseReason.TOO_LARGE
          : WebSocketCloseStatus.INVALID_PAYLOAD_DATA.equals(status) ? CloseReason.INVALID_UTF8
          : CloseReason.PROTOCOL_ERROR;
      context.dispatch(reason, listener::violated);
    } else {
      ctx.fireExceptionCaught(cause);
    }
  }
}
