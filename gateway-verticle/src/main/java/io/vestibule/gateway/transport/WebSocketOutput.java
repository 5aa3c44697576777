package io.vestibule.gateway.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.Socket;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.nio.channels.NotYetConnectedException;

/**
 * The way out of a WebSocket: frames gather in runs that sockets share, leave with the joined flush, and are counted until the kernel has them. They go straight to the kernel where nothing is
 * queued before them, else through the queue of the channel. It is the half of {@link WebSocketTransport}
 * that writes, and not an object of its own, because each socket would have to hold that too.
 */
abstract class WebSocketOutput extends ChannelInboundHandlerAdapter implements Transport, FlushQueue.Flushable {
  private static final int EMPTY_PING = 0x8900;
  private static final int EMPTY_PONG = 0x8A00;

  /** Longer runs are flushed at once: joining their bytes would cost more than it saves, and a burst must not look like a client that does not read. */
  private static final int LONGEST_RUN = 32 * 1024;

  private final ChannelHandlerContext out;
  private final boolean plain;
  /** The kernel's end, or null where the queue must not be passed by: with TLS, and on anything but epoll, whose descriptors never block. */
  private final Socket descriptor;
  private final FlushQueue flushes;
  private final Pace pace;
  private FrameRun waiting;
  private long written;
  /** Whether the kernel may not have taken all that was written, the answer to the handshake at first. */
  private boolean unsent = true;
  private boolean closeSent;
  private boolean gone;

  /**
   * The way out of a socket.
   *
   * @param out the place in the pipeline from which whole frames are written
   */
  WebSocketOutput(ChannelHandlerContext out, FlushQueue flushes) {
    this.out = out;
    this.plain = out.pipeline().get(SslHandler.class) == null;
    this.descriptor = plain && out.channel() instanceof EpollSocketChannel channel && channel.fd() instanceof Socket known ? known : null;
    this.flushes = flushes;
    this.pace = flushes.pace(this);
  }

  final Channel channel() {
    return out.channel();
  }

  /** Whether a close frame was sent, behind which nothing may come (RFC 6455, section 5.5.1). */
  final boolean isCloseSent() {
    return closeSent;
  }

  /** Whether the socket has ended. */
  final boolean isGone() {
    return gone;
  }

  @Override
  public void send(OutboundFrame frame) {
    if (append(frame)) {
      flushes.flushSoon(pace);
    }
  }

  @Override
  public void deliver(OutboundFrame frame) {
    if (append(frame)) {
      flushes.delivered(pace);
    }
  }

  /** Says whether the frame is to be flushed. */
  private boolean append(OutboundFrame frame) {
    if (gone || closeSent) {
      return false;
    }
    waiting = waiting == null ? FrameRun.of(frame) : waiting.then(frame);
    if (waiting.bytes() > LONGEST_RUN) {
      flush();
      return false;
    }
    return true;
  }

  /**
   * Sends what waits straight to the kernel: the queue costs a tenth of a delivery, and is for what the kernel does not take. Nothing may be in it, or this would overtake that. A closed descriptor may
   * be another socket's by now; one that fails is left to the channel, which meets the same and ends.
   */
  private void sendStraight() {
    ByteBuf bytes = waiting.shared(out.alloc());
    if (!descriptor.isOpen() || !isQueueEmpty() || !bytes.hasMemoryAddress()) {
      return;
    }
    int taken;
    try {
      taken = descriptor.sendAddress(bytes.memoryAddress(), bytes.readerIndex(), bytes.writerIndex());
    } catch (IOException | NotYetConnectedException failed) {
      return;
    }
    if (taken > 0) {
      written += taken;
      queueRest(bytes, taken);
    }
  }

  /** The kernel has the first bytes of what waits: without the others nothing could be sent any more. */
  private void queueRest(ByteBuf bytes, int taken) {
    try {
      if (taken < bytes.readableBytes()) {
        write(bytes.retainedSlice(bytes.readerIndex() + taken, bytes.readableBytes() - taken));
      }
    } catch (OutOfMemoryError torn) {
      kill();
      throw torn;
    } finally {
      waiting.release();
      waiting = null;
    }
  }

  private void queueWaiting() {
    if (waiting != null) {
      ByteBuf bytes = waiting.take(out.alloc());
      waiting = null;
      write(bytes);
    }
  }

  private void write(ByteBuf bytes) {
    written += bytes.readableBytes();
    unsent = true;
    if (plain) {
      // Nobody in the pipeline would touch a whole frame, so nobody is asked.
      out.channel().unsafe().write(bytes, out.voidPromise());
    } else {
      out.write(bytes, out.voidPromise());
    }
  }

  @Override
  public void flush() {
    if (gone) {
      return;
    }
    if (waiting != null && descriptor != null) {
      sendStraight();
    }
    queueWaiting();
    if (!plain) {
      out.flush();
    } else if (unsent) {
      out.channel().unsafe().flush();
      // Asked now, while it is at hand: a delivery that had to look through the channel for it would spend half of its time on that.
      unsent = queuedBytes() > 0;
    }
  }

  @Override
  public long bufferedBytes() {
    return (unsent ? queuedBytes() : 0) + (waiting == null ? 0 : waiting.bytes());
  }

  /** Whether the kernel has all that was written; a channel that is being closed has no queue. */
  private boolean isQueueEmpty() {
    ChannelOutboundBuffer queue = out.channel().unsafe().outboundBuffer();
    return queue != null && queue.totalPendingWriteBytes() == 0;
  }

  private long queuedBytes() {
    ChannelOutboundBuffer queue = out.channel().unsafe().outboundBuffer();
    return queue == null ? 0 : queue.totalPendingWriteBytes();
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
      queueWaiting();
      write(out.alloc().directBuffer(2).writeShort(EMPTY_PING));
      flushes.flushSoon(pace);
    }
  }

  @Override
  public boolean answersPings() {
    return true;
  }

  /** Answers a ping. The answers of one turn share a flush, as everything does: a flood of pings is the cheapest there is to send. */
  final void pong(ByteBuf payload) {
    int length = payload.readableBytes();
    queueWaiting();
    write(out.alloc().directBuffer(2 + length).writeShort(EMPTY_PONG | length).writeBytes(payload, payload.readerIndex(), length));
    flushes.flushSoon(pace);
  }

  /** Sends what waits, and the close frame behind it. */
  final ChannelFuture sendLast(CloseWebSocketFrame close) {
    queueWaiting();
    closeSent = true;
    unsent = true;
    return out.channel().writeAndFlush(close);
  }

  @Override
  public void kill() {
    // Past the pipeline: TLS would wait for its own goodbye to be read.
    Channel channel = out.channel();
    Carrier.forget(channel);
    channel.unsafe().close(channel.unsafe().voidPromise());
  }

  /** The socket has ended, and nobody gets what waited for it. */
  final void ended() {
    gone = true;
    if (waiting != null) {
      waiting.release();
      waiting = null;
    }
  }
}
