package io.vestibule.gateway.feed;

import io.vertx.core.buffer.Buffer;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.frame.ClientFrame;
import io.vestibule.gateway.frame.FrameDecoder;
import io.vestibule.gateway.frame.FrameFailure;
import io.vestibule.gateway.frame.ServerFrame;
import io.vestibule.gateway.metrics.FeedMeters;
import io.vestibule.gateway.session.Dialect;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** How the event feed is spoken: messages of topics are events, and a client has nothing to say but {@code ping}. One for all its connections of an event loop. */
final class EventDialect implements Dialect {
  private final Translations events = new Translations(EventDialect::event);
  private final FeedMeters.Feed meters;

  EventDialect(FeedMeters.Feed meters) {
    this.meters = meters;
  }

  /** Messages, and what is missing of them. */
  private static Buffer event(FrameMembers frame) {
    return frame.isOf("message") ? FeedFrames.event(frame) : frame.isOf("gap") ? FeedFrames.own(frame) : null;
  }

  /** Who is not told to move is sent away in good time: a client of this feed loses nothing by that. */
  @Override
  public Buffer say(ServerFrame frame, Function<ServerFrame, Buffer> core) {
    boolean said = frame instanceof ServerFrame.Connected || frame instanceof ServerFrame.Pong || frame instanceof ServerFrame.Error
        || frame instanceof ServerFrame.Unsubscribed || frame instanceof ServerFrame.Closing;
    return said ? FeedFrames.own(FrameMembers.of(core.apply(frame))) : null;
  }

  @Override
  public ClientFrame hear(byte[] text, FrameDecoder core) throws FrameFailure {
    try {
      if (core.decode(text) instanceof ClientFrame.Ping ping) {
        return ping;
      }
    } catch (FrameFailure malformed) {
      if (malformed.failure().reason() == ErrorReason.NOT_JSON) {
        throw malformed;
      }
    }
    throw new FrameFailure(Failure.of(ErrorReason.RECEIVE_ONLY), null, null, null);
  }

  @Override
  public UnaryOperator<Buffer> ofTopics() {
    return events;
  }

  @Override
  public void delivered() {
    meters.delivered();
  }

  @Override
  public void gone() {
    meters.left();
  }
}
