package io.vestibule.gateway.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
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
 * encoded frame is shared by all sockets of the event loop. The only class that knows of channels. See docs/decisions/0001-websocket-channel.md.
 */
final class WebSocketTransport extends ChannelInboundHandlerAdapter implements Transport, FlushQueue.Flushable {
  private static final int EMPTY_PING = 0x8900;
  private static final int EMPTY_PONG = 0x8A00;
  /** Vert.x's own handler in the pipeline, its last. */
  static final String VERTX_HANDLER = "handler";

  /** Longer runs are flushed at once: joining their bytes would cost more than it saves, and a burst must not look like a client that does not read. */
  private static final int LONGEST_RUN = 32 * 1024;

  private final ContextInternal context;
  private final FlushQueue flushes;
  private final ChannelHandlerContext out;
  private TransportListener listener;
  private FrameRun waiting;
  private long written;
  private long flushedAtNanos;
  private boolean dirty;
  private boolean paused;
  private boolean delivering;
  private boolean broken;
  private boolean closeSent;
  private boolean gone;
  private MessageAssembly assembly;
  private ArrayDeque<byte[]> held;

  private WebSocketTransport(ChannelHandlerContext out, ContextInternal context, FlushQueue flushes) {
    this.out = out;
    this.context = context;
    this.flushes = flushes;
    this.flushedAtNanos = System.nanoTime() - Integer.MAX_VALUE;
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
    ChannelPipeline pipeline = out.pipeline();
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
  public void send(OutboundFrame frame) {
    if (gone || closeSent) {
      return;
    }
    waiting = waiting == null ? FrameRun.of(frame) : waiting.then(frame);
    if (waiting.bytes() > LONGEST_RUN) {
      flush();
    } else {
      flushSoon();
    }
  }

  private void writeWaiting() {
    if (waiting != null) {
      write(waiting.take(out.alloc()));
      waiting = null;
    }
  }

  private void write(ByteBuf bytes) {
    written += bytes.readableBytes();
    out.write(bytes, out.voidPromise());
  }

  private void flushSoon() {
    if (!dirty) {
      dirty = true;
      flushes.add(this);
    }
  }

  @Override
  public void flush() {
    dirty = false;
    flushedAtNanos = System.nanoTime();
    if (gone) {
      return;
    }
    if (waiting == null) {
      out.flush();
    } else {
      written += waiting.bytes();
      out.writeAndFlush(waiting.take(out.alloc()), out.voidPromise());
      waiting = null;
    }
  }

  @Override
  public long flushedAtNanos() {
    return flushedAtNanos;
  }

  @Override
  public long bufferedBytes() {
    ChannelOutboundBuffer queue = out.channel().unsafe().outboundBuffer();
    return (queue == null ? 0 : queue.totalPendingWriteBytes()) + (waiting == null ? 0 : waiting.bytes());
  }

  @Override
  public long progress() {
    ChannelOutboundBuffer queue = out.channel().unsafe().outboundBuffer();
    // Within one large frame only its own progress moves.
    return queue == null ? written : written - queue.totalPendingWriteBytes() + queue.currentProgress();
  }

  @Override
  public void ping() {
    if (!gone && !closeSent) {
      writeWaiting();
      write(out.alloc().directBuffer(2).writeShort(EMPTY_PING));
      flushSoon();
    }
  }

  @Override
  public boolean answersPings() {
    return true;
  }

  @Override
  public void trust() {
    BoundedFrameDecoder.trust(out.channel());
  }

  @Override
  public void pause() {
    paused = true;
    out.channel().config().setAutoRead(false);
  }

  @Override
  public void resume() {
    paused = false;
    // What is delivered may pause and resume. The loop that is under way goes on then, instead of one within the other for each message.
    if (!delivering) {
      deliverHeld();
    }
    if (!paused && !gone) {
      out.channel().config().setAutoRead(true);
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
    if (!gone && !closeSent) {
      writeWaiting();
      closeSent = true;
      ChannelFuture sent = out.channel().writeAndFlush(new CloseWebSocketFrame(reason.code(), reason.slug()));
      if (broken && out.channel() instanceof DuplexChannel duplex) {
        // Its answer cannot be read any more. Half a close ends the connection without the reset that might destroy our goodbye.
        sent.addListener(done -> duplex.shutdownOutput());
      }
      // A peer that was held back could not answer.
      resume();
    }
  }

  @Override
  public void kill() {
    // Past the pipeline: TLS would wait for its own goodbye to be read.
    Channel channel = out.channel();
    Carrier.forget(channel);
    channel.unsafe().close(channel.unsafe().voidPromise());
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (message instanceof CloseWebSocketFrame close) {
        closedByPeer(close);
      } else if (message instanceof WebSocketFrame frame && !closeSent) {
        read(frame);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void closedByPeer(CloseWebSocketFrame close) {
    Channel channel = out.channel();
    if (closeSent) {
      channel.close();
    } else {
      writeWaiting();
      closeSent = true;
      int code = close.statusCode();
      CloseWebSocketFrame echo = code < 0 ? new CloseWebSocketFrame() : new CloseWebSocketFrame(code, "");
      channel.writeAndFlush(echo).addListener(ChannelFutureListener.CLOSE);
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

  /** Answers a ping. The answers of one turn share a flush, as everything does: a flood of pings is the cheapest there is to send. */
  private void pong(ByteBuf payload) {
    int length = payload.readableBytes();
    writeWaiting();
    write(out.alloc().directBuffer(2 + length).writeShort(EMPTY_PONG | length).writeBytes(payload, payload.readerIndex(), length));
    flushSoon();
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
    if (waiting != null) {
      waiting.release();
      waiting = null;
    }
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
