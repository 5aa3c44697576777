package io.vestibule.gateway.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.TimeUnit;

/**
 * The end of a connection that has carried a SockJS session. Vert.x closes it behind each poll, and behind each stream that has become long, while the session goes on. To the kernel that is no end: it keeps
 * what the peer has not taken and offers it for many minutes, and nobody can end that any more. So here the server's side alone is closed first; the peer closes the other when it has read everything, and one that takes
 * nothing for the patience of a slow consumer is cut off with what is kept for it. Next to the channel; of one event loop.
 */
final class Parting extends ChannelDuplexHandler {
  private static final long LOOK_MS = 500;

  private final long patienceMs;
  private ChannelHandlerContext context;
  private long written;
  private long progress;
  private long silentMs;
  private boolean parted;
  private Future<?> look;

  private Parting(long patienceMs) {
    this.patienceMs = patienceMs;
  }

  /**
   * Watches over the end of the connection of a request whose response carries a session. Called on its event loop.
   *
   * @param patienceMs for so long a peer may take nothing
   */
  static void watch(RoutingContext carrying, long patienceMs) {
    ChannelPipeline pipeline = Carrier.channel(carrying.request().connection()).pipeline();
    if (pipeline.get(Parting.class) == null) {
      var parting = new Parting(patienceMs);
      pipeline.addFirst(parting);
      // Vert.x wants to close it then, but waits for the last byte to leave.
      carrying.addEndHandler(ended -> parting.begins());
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }

  private void begins() {
    context.executor().execute(() -> {
      if (look == null) {
        progress = left();
        lookLater();
      }
    });
  }

  private void lookLater() {
    look = context.executor().schedule(this::look, LOOK_MS, TimeUnit.MILLISECONDS);
  }

  private void look() {
    look = null;
    silentMs = left() > progress ? 0 : silentMs + LOOK_MS;
    progress = left();
    if (waits() && silentMs >= patienceMs) {
      Carrier.cut(context.channel());
    } else if (waits()) {
      lookLater();
    }
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
    written += msg instanceof ByteBuf bytes ? bytes.readableBytes() : 0;
    ctx.write(msg, promise);
  }

  /** Bytes that the kernel has taken, about: the queue counts some of its own for each entry. */
  private long left() {
    ChannelOutboundBuffer queue = context.channel().unsafe().outboundBuffer();
    return queue == null ? written : written - queue.totalPendingWriteBytes() + queue.currentProgress();
  }

  /** Whether the kernel has not taken everything. */
  private boolean waits() {
    ChannelOutboundBuffer queue = context.channel().unsafe().outboundBuffer();
    return queue != null && !queue.isEmpty();
  }

  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    if (parted) {
      // The peer has the time that it has.
      ctx.channel().closeFuture().addListener(gone -> promise.trySuccess());
    } else if (!ctx.channel().isActive()) {
      ctx.close(promise);
    } else if (waits()) {
      // What is lost by this makes the rest worthless.
      Carrier.forget(ctx.channel());
      ctx.close(promise);
    } else {
      part(promise);
    }
  }

  private void part(ChannelPromise promise) {
    parted = true;
    Channel channel = context.channel();
    channel.closeFuture().addListener(gone -> promise.trySuccess());
    // Not from within the write whose end led here.
    context.executor().execute(() -> ((DuplexChannel) channel).shutdownOutput());
    // Else nobody would see the peer's end.
    channel.config().setAutoRead(true);
    // From here on the kernel alone knows what the peer takes.
    stopLooking();
    look = context.executor().schedule(() -> Carrier.cut(channel), patienceMs, TimeUnit.MILLISECONDS);
  }

  private void stopLooking() {
    if (look != null) {
      look.cancel(false);
      look = null;
    }
  }

  /** What comes behind the end is read by nobody. */
  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (parted) {
      ReferenceCountUtil.release(msg);
    } else {
      ctx.fireChannelRead(msg);
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    stopLooking();
  }
}
