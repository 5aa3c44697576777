package io.vestibule.gateway.fanout;

import io.vestibule.contract.message.FanMessage;
import io.vestibule.contract.message.TypingNotice;
import io.vestibule.gateway.frame.FrameEncoder;
import io.vestibule.gateway.frame.ServerFrame;
import io.vestibule.gateway.typing.core.TypingBoard;
import io.vestibule.gateway.typing.core.TypingBoard.Place;
import io.vestibule.gateway.typing.core.Typists.Typist;
import java.util.function.LongSupplier;

/**
 * Brings it to the clients of one event loop that somebody begins to type in a topic, and that nobody of that name types there any more; what comes between is no news to them. Of topics that no client
 * is subscribed to nothing is remembered.
 */
public final class TypingFan {
  private static final int MOST = 50_000;

  private final FanOut fanOut;
  private final FrameEncoder encoder;
  private final LongSupplier monotonicMs;
  private final TypingBoard board;

  /**
   * The way in of an event loop.
   *
   * @param encoder this event loop's, for the ends that no other node tells
   * @param monotonicMs milliseconds since some moment
   * @param tickMs how often {@link #tick} is called
   */
  public TypingFan(FanOut fanOut, FrameEncoder encoder, LongSupplier monotonicMs, long tickMs) {
    this.fanOut = fanOut;
    this.encoder = encoder;
    this.monotonicMs = monotonicMs;
    this.board = new TypingBoard(MOST, tickMs, monotonicMs.getAsLong());
  }

  /** Hears of somebody, here or on another node. */
  public void hear(TypingNotice notice) {
    Typist typist = new Typist(notice.topic(), notice.userId(), notice.connectionId());
    if (!notice.typing()) {
      if (board.stopped(typist)) {
        deliver(notice);
      }
    } else if (board.knows(typist) || !board.isFull() && deliver(notice)) {
      board.typing(typist, monotonicMs.getAsLong());
    }
  }

  private boolean deliver(TypingNotice notice) {
    return fanOut.hint(new FanMessage(notice.topic(), notice.frame(), notice.connectionId()));
  }

  /** Ends what nothing was heard of for too long. */
  public void tick() {
    board.advance(monotonicMs.getAsLong(), this::end);
  }

  private void end(Place place) {
    fanOut.hint(new FanMessage(place.topic(), encoder.encode(new ServerFrame.Typing(place.topic(), place.userId(), false)), null));
  }
}
