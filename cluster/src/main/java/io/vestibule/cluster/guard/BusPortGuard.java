package io.vestibule.cluster.guard;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import io.vestibule.contract.log.EventLog;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.contract.log.LogKey;

/** Stands first on each connection to the bus port and lets only well-formed messages through, unchanged. */
final class BusPortGuard extends ChannelInboundHandlerAdapter {
  private static final EventLog LOG = EventLog.of(BusPortGuard.class);

  private final BusFrames frames = new BusFrames();
  private boolean refused;

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (refused) {
      ReferenceCountUtil.release(message);
      return;
    }
    try {
      frames.check((ByteBuf) message);
    } catch (CorruptFrameException corrupt) {
      refused = true;
      ReferenceCountUtil.release(message);
      LOG.warn(LogEvent.BUS_STRANGER, null).with(LogKey.REMOTE, ctx.channel().remoteAddress())
          .with(LogKey.DETAIL, corrupt.getMessage()).write();
      ctx.close();
      return;
    }
    ctx.fireChannelRead(message);
  }
}
