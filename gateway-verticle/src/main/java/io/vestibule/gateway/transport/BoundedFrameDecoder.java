package io.vestibule.gateway.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket08FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.vestibule.contract.error.CloseReason;
import java.util.List;

/**
 * Netty's decoder with bounds for a message in all its frames: in bytes and, because empty frames are legal and cost time, in frames (RFC 6455, section 10.4). From a peer that nobody knows yet
 * only {@value #STRANGERS_BYTES} bytes are kept, of a frame that is still coming too, or a few thousand strangers could have gigabytes held for them.
 */
final class BoundedFrameDecoder extends WebSocket13FrameDecoder {
  /** Bytes of a message of somebody who has not authenticated; a token has room in it. */
  static final int STRANGERS_BYTES = 64 * 1024;

  private static final int MAX_FRAMES = 4096;

  private final int maxMessage;
  private int bound;
  private int bytes;
  private int frames;
  private boolean broken;

  /** The bounds of all sockets of an endpoint, in bytes. */
  record Bounds(WebSocketDecoderConfig frames, int maxMessage) {
    Bounds(int maxFrame, int maxMessage) {
      this(WebSocketDecoderConfig.newBuilder().allowExtensions(false).closeOnProtocolViolation(false).maxFramePayloadLength(maxFrame).build(), maxMessage);
    }
  }

  private BoundedFrameDecoder(Bounds bounds) {
    super(bounds.frames);
    this.maxMessage = bounds.maxMessage;
    this.bound = Math.min(STRANGERS_BYTES, maxMessage);
  }

  /** Takes the place of the decoder that the handshake left, before the peer may have sent anything (RFC 6455, section 4.1). */
  static void install(ChannelPipeline pipeline, Bounds bounds) {
    pipeline.replace(WebSocket08FrameDecoder.class, "frames", new BoundedFrameDecoder(bounds));
  }

  /** The peer is known from now on. */
  static void trust(Channel channel) {
    BoundedFrameDecoder decoder = channel.pipeline().get(BoundedFrameDecoder.class);
    if (decoder != null) { // the pipeline of a closed channel is empty
      decoder.bound = decoder.maxMessage;
    }
  }

  /** Why a connection has to end whose frames cannot be decoded. */
  static CloseReason reasonOf(CorruptedWebSocketFrameException corrupted) {
    WebSocketCloseStatus status = corrupted.closeStatus();
    return WebSocketCloseStatus.MESSAGE_TOO_BIG.equals(status) ? CloseReason.TOO_LARGE
        : WebSocketCloseStatus.INVALID_PAYLOAD_DATA.equals(status) ? CloseReason.INVALID_UTF8
        : CloseReason.PROTOCOL_ERROR;
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
    if (broken) {
      in.skipBytes(in.readableBytes());
      return;
    }
    int before = out.size();
    super.decode(ctx, in, out);
    if (out.size() == before) {
      if (bytes + (long) in.readableBytes() > bound) {
        throw tooLarge(in);
      }
    } else if (!fits((WebSocketFrame) out.get(before))) {
      ((WebSocketFrame) out.remove(before)).release();
      throw tooLarge(in);
    }
  }

  /** Counts a frame; the control frames between those of a message are no part of it. */
  private boolean fits(WebSocketFrame frame) {
    if (frame instanceof TextWebSocketFrame || frame instanceof BinaryWebSocketFrame || frame instanceof ContinuationWebSocketFrame) {
      int length = frame.content().readableBytes();
      if (++frames > MAX_FRAMES || length > bound - bytes) {
        return false;
      }
      bytes = frame.isFinalFragment() ? 0 : bytes + length;
      frames = frame.isFinalFragment() ? 0 : frames;
    }
    return true;
  }

  private CorruptedWebSocketFrameException tooLarge(ByteBuf in) {
    broken = true;
    in.skipBytes(in.readableBytes());
    return new CorruptedWebSocketFrameException(WebSocketCloseStatus.MESSAGE_TOO_BIG, "more than " + bound + " bytes or " + MAX_FRAMES + " frames");
  }
}
