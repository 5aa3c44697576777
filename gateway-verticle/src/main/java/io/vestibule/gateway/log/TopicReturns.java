package io.vestibule.gateway.log;

import io.vestibule.contract.message.FanMessage;
import io.vestibule.gateway.log.core.Page;
import io.vestibule.gateway.log.core.Returns;
import io.vestibule.gateway.log.core.Tail;
import java.util.Deque;
import java.util.List;
import java.util.Objects;

/** Those who come back to a topic on this event loop: takes up what they ask for, brings them on when they have their turns, and ends it. */
final class TopicReturns {
  /** Messages in a turn. */
  private static final int SOME = 128;

  private final Followed.Parts parts;
  private final Tail<FanMessage> tail;
  private final WayBack way;
  private final Returns<Comeback, FanMessage> returns;
  private final WaitingReturns waiting;
  private int size;

  TopicReturns(Followed followed, Followed.Parts parts, Tail<FanMessage> tail, LoopRecent recent) {
    this.parts = parts;
    this.tail = tail;
    this.way = new WayBack(followed, parts, tail, recent, this::gone);
    this.returns = new Returns<>(tail, way);
    this.waiting = new WaitingReturns(this, followed, parts, tail, recent);
  }

  boolean isEmpty() {
    return size == 0 && !waiting.isReading();
  }

  /** Somebody comes back, or asks again. Says whether there is room for that. */
  boolean begin(Comeback who) {
    Comeback before = who.connection.comeback(who.topic);
    if (before != null && !before.isTold()) {
      return before.postpone(who);
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
    who.takePostponed().forEach(next -> next.answer.ended());
  }

  /**
   * A subscription has ended, and its connection hears the topic by another: what it asked for by the first is given up, and it goes on from where it was before, so that it misses nothing.
   *
   * @param ended its pattern, or null for the topic's name
   * @param by the same of the other
   */
  void goOn(Comeback who, String ended, String by) {
    List<Comeback> givenUp = who.takePostponed(ended);
    if (Objects.equals(who.pattern, ended)) {
      Comeback.Answer answer = who.answer;
      boolean told = who.isTold();
      who.goesOn(by);
      if (who.giveUp()) {
        waiting.forget(who);
        parts.turns().add(this, who, null);
      } else if (!tail.begun()) {
        drop(who);
        beginNext(who.takePostponed());
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
    waiting.forget(who);
    gone(who);
  }

  private void gone(Comeback who) {
    if (who.connection.hasComeBack(who.topic, who)) {
      size--;
    }
  }

  /** Brings somebody on, and says how many messages it got. */
  int step(Comeback who, Page<FanMessage> page) {
    long before = way.delivered();
    try {
      switch (returns.step(who, page, SOME)) {
        case HUNGRY -> waiting.forRead(who);
        case WAITS -> await(who);
        case NO_ROOM -> waiting.forClient(who);
        case TURN -> parts.turns().add(this, who, page);
        case OVER -> { }
      }
      if (who.isTold()) {
        beginNext(who.takePostponed());
      }
    } catch (RuntimeException thrown) {
      fail(who, thrown);
    } finally {
      waiting.feed();
    }
    return (int) (way.delivered() - before);
  }

  private void await(Comeback who) {
    if (!who.isResting()) {
      waiting.forTail(who);
    }
  }

  /** What it was to get is lost, and nobody else's is. */
  private void fail(Comeback who, RuntimeException thrown) {
    who.takePostponed();
    drop(who);
    who.connection.fail(thrown);
  }

  /** What was asked for meanwhile has its turn, up to the first that has to wait itself. */
  private void beginNext(Deque<Comeback> postponed) {
    while (!postponed.isEmpty()) {
      Comeback next = postponed.poll();
      begin(next);
      if (!next.isTold() && !next.isOver()) {
        next.postpone(postponed);
        return;
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
  void tailMoved() {
    waiting.tailMoved();
  }

  /** The tail has begun. */
  void tailBegun() {
    waiting.tailBegun();
  }

  /** The tail has begun, and somebody has waited for that. */
  void beginsWithTail(Comeback who) {
    returns.begun(who);
    if (who.answer.isAgain() && !who.hasBack()) {
      who.insteadOf(tail);
    }
  }

  /** Looks after those who wait. */
  void tick() {
    waiting.tick();
  }

  /** The tail's log could not be read. */
  void unreadable() {
    waiting.unreadable();
  }

  /** The log could not be read for somebody, who waits for the next read or hears of it. */
  void unread(Comeback who) {
    if (who.isTold() || who.isOver()) {
      return;
    }
    Deque<Comeback> postponed = who.takePostponed();
    try {
      if (!who.answer.waits()) {
        if (!who.goBack()) {
          drop(who);
        }
        who.answer.failed();
      }
      postponed.forEach(next -> next.answer.failed());
    } catch (RuntimeException failed) {
      fail(who, failed);
    }
  }
}
