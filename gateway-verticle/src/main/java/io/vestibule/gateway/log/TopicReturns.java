package io.vestibule.gateway.log;

import io.vertx.core.buffer.Buffer;
import io.vestibule.contract.message.FanMessage;
import io.vestibule.gateway.frame.FrameEncoder;
import io.vestibule.gateway.frame.ServerFrame;
import io.vestibule.gateway.log.core.Page;
import io.vestibule.gateway.log.core.Returns;
import io.vestibule.gateway.log.core.Tail;
import io.vestibule.gateway.transport.OutboundFrame;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Those who come back to a topic on this event loop: has read what they need, and gives them their turns. */
final class TopicReturns implements Returns.Way<Comeback, FanMessage> {
  /** Messages in a turn. */
  private static final int SOME = 128;
  private static final int NEAR = 250;
  private static final long PAUSE_MS = 1_000;
  /** Requests of one connection for one topic that wait for the log. */
  private static final int MOST_ASKED = 16;

  private final Followed followed;
  private final Followed.Parts parts;
  private final Tail<FanMessage> tail;
  private final Returns<Comeback, FanMessage> returns;
  private final Set<Comeback> waiting = new LinkedHashSet<>();
  private final Set<Comeback> hungry = new LinkedHashSet<>();
  private final Set<Comeback> late = new LinkedHashSet<>();
  private Recent recent;
  private boolean following;
  private boolean reading;
  private long delivered;
  private int size;

  TopicReturns(Followed followed, Followed.Parts parts, Tail<FanMessage> tail) {
    this.followed = followed;
    this.parts = parts;
    this.tail = tail;
    this.returns = new Returns<>(tail, this);
  }

  boolean isEmpty() {
    return size == 0 && !reading;
  }

  /** Somebody comes back, or asks again. Says whether there is room for that. */
  boolean begin(Comeback who) {
    Comeback before = who.connection.comeback(who.topic);
    if (before != null && !before.isTold()) {
      before.asked = before.asked == null ? new ArrayDeque<>() : before.asked;
      return before.asked.size() < MOST_ASKED && before.asked.add(who);
    }
    if (before != null && who.isFromNowOn()) {
      who.end();
      who.answer.begun(new Position(tail.epoch(), tail.offset()), null);
      return true;
    }
    if (before != null) {
      who.insteadOf(before);
      drop(before);
    } else if (who.answer.isAgain() && tail.begun()) {
      who.insteadOf(tail);
    }
    size++;
    who.connection.comesBack(who.topic, who);
    step(who, null);
    return true;
  }

  /** It is given up: what it was to get, it gets no more. */
  void end(Comeback who) {
    drop(who);
    if (!who.isTold()) {
      who.answer.ended();
    }
    Deque<Comeback> asked = who.asked;
    who.asked = null;
    if (asked != null) {
      asked.forEach(next -> next.answer.ended());
    }
  }

  private void drop(Comeback who) {
    who.end();
    waiting.remove(who);
    hungry.remove(who);
    late.remove(who);
    gone(who);
  }

  private void gone(Comeback who) {
    size--;
    who.connection.hasComeBack(who.topic, who);
  }

  /** Brings somebody on, and says how many messages it got. */
  int step(Comeback who, Page<FanMessage> page) {
    long before = delivered;
    switch (returns.step(who, page, SOME)) {
      case HUNGRY -> hungry.add(who);
      case WAITS -> waiting.add(who);
      case NO_ROOM -> late.add(who);
      case TURN -> parts.turns().add(this, who, page);
      case OVER -> { }
    }
    if (who.isTold()) {
      askNext(who);
    }
    feed();
    return (int) (delivered - before);
  }

  private void askNext(Comeback who) {
    Deque<Comeback> asked = who.asked;
    who.asked = null;
    while (asked != null && !asked.isEmpty()) {
      Comeback next = asked.poll();
      begin(next);
      if (!next.isTold() && !next.isOver()) {
        next.asked = asked;
        asked = null;
      }
    }
  }

  /** The tail has moved. */
  void moved() {
    if (!waiting.isEmpty()) {
      List<Comeback> all = new ArrayList<>(waiting);
      waiting.clear();
      all.forEach(who -> parts.turns().add(this, who, null));
    }
  }

  /** The tail has begun: who waits for just that is there, before anything is delivered. */
  void begun() {
    follow();
    List<Comeback> all = new ArrayList<>(waiting);
    waiting.clear();
    all.forEach(who -> step(who, null));
  }

  /** Looks after those who wait. */
  void tick() {
    moved();
    for (Comeback who : new ArrayList<>(late)) {
      if (who.connection.hasRoom()) {
        late.remove(who);
        parts.turns().add(this, who, null);
      }
    }
    feed();
  }

  /** Has read what somebody needs. */
  private void feed() {
    if (reading || !tail.begun() && (waiting.isEmpty() || !followed.beginsAnywhere()) || tail.begun() && hungry.isEmpty()) {
      return;
    }
    if (!tail.begun()) {
      Position end = recent().end();
      if (end != null) {
        followed.begin(end.epoch(), end.offset());
        return;
      }
    }
    reading = true;
    Comeback first = (tail.begun() ? hungry : waiting).iterator().next();
    recent().read(parts.vertx(), tail.epoch(), wanted(first), parts.clock()).onComplete(this::read, this::failed);
  }

  /** What the first wants, and those who are little less far than it; for one who wants nothing, where the log ends. */
  private long wanted(Comeback first) {
    if (!tail.begun()) {
      return first.isFromNowOn() ? 1L << 52 : first.offset();
    }
    long wants = first.wants(tail.epoch());
    return hungry.stream().mapToLong(who -> who.wants(tail.epoch())).filter(offset -> offset >= wants - NEAR).min().orElse(wants);
  }

  private void read(Page<FanMessage> page) {
    reading = false;
    if (!tail.begun()) {
      // Who waits for the tail is brought on by its beginning.
      List<Comeback> all = new ArrayList<>(waiting);
      followed.begin(page.epoch() == 0 ? nothing() : page.epoch(), page.epoch() == 0 ? 0 : page.head());
      all.stream().filter(hungry::remove).forEach(who -> parts.turns().add(this, who, page));
    } else {
      List<Comeback> all = new ArrayList<>(hungry);
      hungry.clear();
      all.forEach(who -> parts.turns().add(this, who, page));
    }
    followed.look();
  }

  /** The log could not be read: for the tail, or for them. */
  void failed(Throwable thrown) {
    List<Comeback> all = new ArrayList<>(hungry);
    if (!tail.begun()) {
      all.addAll(waiting);
    }
    for (Comeback who : all) {
      if (!who.isTold()) {
        Deque<Comeback> asked = who.asked;
        who.asked = null;
        if (!who.answer.waits()) {
          if (!who.goBack()) {
            drop(who);
          }
          who.answer.failed();
        }
        if (asked != null) {
          asked.forEach(next -> next.answer.failed());
        }
      }
    }
    reading = true;
    parts.vertx().setTimer(PAUSE_MS, id -> {
      reading = false;
      feed();
    });
  }

  private Recent recent() {
    if (recent == null || recent.isClosed()) {
      leave();
      recent = parts.recent().of(followed.topic(), parts.nowMs());
      follow();
    }
    return recent;
  }

  private void follow() {
    if (recent != null && !following && tail.begun()) {
      following = true;
      recent.followed(tail.epoch(), tail.offset());
    }
  }

  /** The tail has delivered a message. */
  void extend(FanMessage message) {
    if (recent != null && !recent.extend(tail.epoch(), tail.offset(), message)) {
      leave();
    }
  }

  /** The topic is followed no more. */
  void leave() {
    if (recent != null && following) {
      recent.left();
    }
    following = false;
    recent = null;
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
    OutboundFrame frame = new OutboundFrame(who.pattern == null ? json : FrameEncoder.withPattern(json, who.pattern));
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
  public void live(Comeback who) {
    gone(who);
  }

  @Override
  public Page<FanMessage> recent(long epoch, long offset) {
    return recent().after(epoch, offset, parts.nowMs());
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
  public long nothing() {
    return parts.nothing().applyAsLong(followed.topic());
  }
}
