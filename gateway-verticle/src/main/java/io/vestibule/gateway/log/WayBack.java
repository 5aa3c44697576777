package io.vestibule.gateway.log;

import io.vertx.core.buffer.Buffer;
import io.vestibule.contract.message.FanMessage;
import io.vestibule.gateway.frame.FrameEncoder;
import io.vestibule.gateway.frame.ServerFrame;
import io.vestibule.gateway.log.core.Page;
import io.vestibule.gateway.log.core.Returns;
import io.vestibule.gateway.log.core.Tail;
import io.vestibule.gateway.transport.OutboundFrame;
import java.util.function.Consumer;

/** What those who come back to a topic are told, and the messages that they get: as frames to their connections. */
final class WayBack implements Returns.Way<Comeback, FanMessage> {
  private final Followed followed;
  private final Followed.Parts parts;
  private final Tail<FanMessage> tail;
  private final LoopRecent recent;
  private final Consumer<Comeback> live;
  private long delivered;

  /**
   * The way back to a topic.
   *
   * @param live is told who hears what the tail delivers from now on
   */
  WayBack(Followed followed, Followed.Parts parts, Tail<FanMessage> tail, LoopRecent recent, Consumer<Comeback> live) {
    this.followed = followed;
    this.parts = parts;
    this.tail = tail;
    this.recent = recent;
    this.live = live;
  }

  /** How many messages were delivered so far. */
  long delivered() {
    return delivered;
  }

  @Override
  public boolean hasRoom(Comeback who) {
    return who.connection.hasRoom();
  }

  @Override
  public void begun(Comeback who, long epoch, long offset, Boolean recovered) {
    if (recovered != null) {
      parts.meters().recovery(recovered);
    }
    who.answer.begun(new Position(epoch, offset), recovered);
  }

  @Override
  public void deliver(Comeback who, FanMessage message) {
    delivered++;
    give(who, message.frame());
  }

  private static void give(Comeback who, Buffer json) {
    OutboundFrame frame = new OutboundFrame(who.pattern == null || !who.connection.speaksCore() || who.connection.subscribesTo(who.topic) ? json : FrameEncoder.withPattern(json, who.pattern));
    try {
      who.connection.owed(frame);
    } catch (RuntimeException e) {
      // Others are owed theirs all the same.
      who.connection.fail(e);
    } finally {
      frame.release();
    }
  }

  @Override
  public void gap(Comeback who, long fromEpoch, long from, long toEpoch, long to) {
    parts.meters().gap();
    give(who, parts.encoder().encode(new ServerFrame.Gap(followed.topic(), new Position(fromEpoch, from), new Position(toEpoch, to))));
  }

  @Override
  public void bound(Comeback who, long epoch, long offset) {
    who.connection.bound(who.topic, new Position(epoch, offset));
  }

  @Override
  public void live(Comeback who) {
    live.accept(who);
  }

  @Override
  public Page<FanMessage> recent(long epoch, long offset) {
    return recent.after(epoch, offset);
  }

  @Override
  public void doubt(Page<FanMessage> page) {
    if (page.epoch() == 0 || page.epoch() == tail.epoch() && page.head() <= tail.offset()) {
      followed.doubt();
    } else {
      followed.head(page.epoch(), page.head());
    }
  }

  @Override
  public void known(long epoch, long offset) {
    followed.head(epoch, offset);
  }

  @Override
  public long nothing() {
    return parts.nothing().applyAsLong(followed.topic());
  }
}
