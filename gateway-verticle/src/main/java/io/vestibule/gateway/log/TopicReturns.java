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
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
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
  private final LoopRecent recent;
  /** For the tail. */
  private final Set<Comeback> waiting = new LinkedHashSet<>();
  /** For something to be read. */
  private final Set<Comeback> hungry = new LinkedHashSet<>();
  /** For their clients to read. */
  private final Set<Comeback> late = new LinkedHashSet<>();
  /** What the tail begins with now, or null. */
  private Page<FanMessage> beginning;
  private boolean reading;
  private long delivered;
  private int size;

  TopicReturns(Followed followed, Followed.Parts parts, Tail<FanMessage> tail) {
    this.followed = followed;
    this.parts = parts;
    this.tail = tail;
    this.returns = new Returns<>(tail, this);
    this.recent = new LoopRecent(parts, followed.topic(), tail);
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
    Position bound = who.connection.bound(who.topic);
    if (bound != null) {
      who.bind(bound.epoch(), bound.offset());
    }
    if (before != null && who.isFromNowOn()) {
      who.end();
      who.answer.begun(new Position(tail.epoch(), returns.end(before)), null);
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

  /**
   * A subscription has ended, and its connection hears the topic by another: what it asked for by the first is given up, and it goes on from where it was before, so that it misses nothing.
   *
   * @param ended its pattern, or null for the topic's name
   * @param by the same of the other
   */
  void goOn(Comeback who, String ended, String by) {
    List<Comeback> givenUp = who.asked == null ? List.of() : who.asked.stream().filter(next -> Objects.equals(next.pattern, ended)).toList();
    givenUp.forEach(who.asked == null ? next -> { } : who.asked::remove);
    if (Objects.equals(who.pattern, ended)) {
      Comeback.Answer answer = who.answer;
      boolean told = who.isTold();
      who.goesOn(by);
      if (who.giveUp()) {
        forget(who);
        parts.turns().add(this, who, null);
      } else if (!tail.begun()) {
        drop(who);
        askNext(who);
      }
      // Else it asked before it heard the topic by the other, and is owed no more by that than what it asked for.
      if (!told) {
        answer.ended();
      }
    }
    givenUp.forEach(next -> next.answer.ended());
  }

  private void drop(Comeback who) {
    who.end();
    forget(who);
    gone(who);
  }

  private void forget(Comeback who) {
    waiting.remove(who);
    hungry.remove(who);
    late.remove(who);
  }

  private void gone(Comeback who) {
    if (who.connection.hasComeBack(who.topic, who)) {
      size--;
    }
  }

  /** Brings somebody on, and says how many messages it got. */
  int step(Comeback who, Page<FanMessage> page) {
    long before = delivered;
    try {
      switch (returns.step(who, page, SOME)) {
        case HUNGRY -> hungry.add(who);
        case WAITS -> await(who);
        case NO_ROOM -> late.add(who);
        case TURN -> parts.turns().add(this, who, page);
        case OVER -> { }
      }
      if (who.isTold()) {
        askNext(who);
      }
    } catch (RuntimeException thrown) {
      fail(who, thrown);
    } finally {
      feed();
    }
    return (int) (delivered - before);
  }

  private void await(Comeback who) {
    if (!who.isResting()) {
      waiting.add(who);
    }
  }

  /** What it was to get is lost, and nobody else's is. */
  private void fail(Comeback who, RuntimeException thrown) {
    who.asked = null;
    drop(who);
    who.connection.fail(thrown);
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

  /** It may have its messages now. */
  void release(Comeback who) {
    boolean rested = who.isResting();
    who.hold(false);
    if (rested) {
      parts.turns().add(this, who, null);
    }
  }

  /** The tail has moved. */
  void moved() {
    parts.turns().addAll(this, waiting, null);
  }

  /** The tail has begun: who waits for just that begins here, before anything is delivered. */
  void begun() {
    recent.follow();
    waiting.forEach(returns::begun);
    waiting.stream().filter(who -> who.answer.isAgain() && !who.hasBack()).forEach(who -> who.insteadOf(tail));
    parts.turns().addAll(this, waiting, beginning);
  }

  /** Looks after those who wait. */
  void tick() {
    if (tail.begun()) {
      moved();
    }
    for (Iterator<Comeback> all = late.iterator(); all.hasNext(); ) {
      Comeback who = all.next();
      if (who.connection.hasRoom()) {
        all.remove();
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
      Position end = recent.end();
      if (end != null) {
        followed.begin(end.epoch(), end.offset());
        return;
      }
    }
    reading = true;
    Comeback first = (tail.begun() ? hungry : waiting).iterator().next();
    recent.read(wanted(first)).onComplete(this::read, this::failed);
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
    if (tail.begun()) {
      parts.turns().addAll(this, hungry, page);
    } else if (followed.beginsAnywhere()) {
      // Who waits for the tail is brought on by its beginning.
      beginning = page;
      followed.begin(page.epoch() == 0 ? nothing() : page.epoch(), page.epoch() == 0 ? 0 : page.head());
      beginning = null;
    }
    followed.look();
  }

  /** The log could not be read: for the tail, or for them. */
  void failed(Throwable thrown) {
    hungry.forEach(who -> parts.turns().addUnread(this, who));
    if (!tail.begun()) {
      waiting.forEach(who -> parts.turns().addUnread(this, who));
    }
    reading = true;
    parts.vertx().setTimer(PAUSE_MS, id -> {
      reading = false;
      feed();
    });
  }

  /** The log could not be read for somebody, who waits for the next read or hears of it. */
  void unread(Comeback who) {
    if (who.isTold() || who.isOver()) {
      return;
    }
    Deque<Comeback> asked = who.asked;
    who.asked = null;
    try {
      if (!who.answer.waits()) {
        if (!who.goBack()) {
          drop(who);
        }
        who.answer.failed();
      }
      if (asked != null) {
        asked.forEach(next -> next.answer.failed());
      }
    } catch (RuntimeException failed) {
      fail(who, failed);
    }
  }

  /** The tail has delivered a message. */
  void extend(FanMessage message) {
    recent.extend(message);
  }

  /** The topic is followed no more. */
  void leave() {
    recent.leave();
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
    gone(who);
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
