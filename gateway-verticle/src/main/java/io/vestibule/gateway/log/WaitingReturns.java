package io.vestibule.gateway.log;

import io.vestibule.contract.message.FanMessage;
import io.vestibule.gateway.log.core.Page;
import io.vestibule.gateway.log.core.Tail;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/** Those who come back to a topic and can go no further now, each for one reason: has read what they need, and gives them a turn when they have what they wait for. */
final class WaitingReturns {
  private static final int NEAR = 250;
  private static final long PAUSE_MS = 1_000;

  private final TopicReturns returns;
  private final Followed followed;
  private final Followed.Parts parts;
  private final Tail<FanMessage> tail;
  private final LoopRecent recent;
  private final Set<Comeback> forTail = new LinkedHashSet<>();
  private final Set<Comeback> forRead = new LinkedHashSet<>();
  private final Set<Comeback> forClient = new LinkedHashSet<>();
  /** What the tail begins with now, or null. */
  private Page<FanMessage> beginning;
  private boolean reading;

  /**
   * Nobody so far.
   *
   * @param returns in which they have their turns
   */
  WaitingReturns(TopicReturns returns, Followed followed, Followed.Parts parts, Tail<FanMessage> tail, LoopRecent recent) {
    this.returns = returns;
    this.followed = followed;
    this.parts = parts;
    this.tail = tail;
    this.recent = recent;
  }

  /** Whether something is being read for them. */
  boolean isReading() {
    return reading;
  }

  /** Somebody waits until the tail has moved, or begun. */
  void forTail(Comeback who) {
    forTail.add(who);
  }

  /** Somebody waits until something was read. */
  void forRead(Comeback who) {
    forRead.add(who);
  }

  /** Somebody waits until its client has read. */
  void forClient(Comeback who) {
    forClient.add(who);
  }

  /** Somebody waits for nothing any more. */
  void forget(Comeback who) {
    forTail.remove(who);
    forRead.remove(who);
    forClient.remove(who);
  }

  /** The tail has moved. */
  void tailMoved() {
    parts.turns().addAll(returns, forTail, null);
  }

  /** The tail has begun: who waits for just that begins here, before anything is delivered. */
  void tailBegun() {
    forTail.forEach(returns::beginsWithTail);
    parts.turns().addAll(returns, forTail, beginning);
  }

  /** Looks after them. */
  void tick() {
    if (tail.begun()) {
      tailMoved();
    }
    for (Iterator<Comeback> all = forClient.iterator(); all.hasNext(); ) {
      Comeback who = all.next();
      if (who.connection.hasRoom()) {
        all.remove();
        parts.turns().add(returns, who, null);
      }
    }
    feed();
  }

  /** Has read what somebody needs. */
  void feed() {
    if (reading || (tail.begun() ? forRead.isEmpty() : forTail.isEmpty() || !followed.beginsAnywhere())) {
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
    Comeback first = (tail.begun() ? forRead : forTail).iterator().next();
    recent.read(wanted(first)).onComplete(this::read, failed -> unreadable());
  }

  /** What the first wants, and those who are little less far than it; for one who wants nothing, where the log ends. */
  private long wanted(Comeback first) {
    if (!tail.begun()) {
      return first.isFromNowOn() ? 1L << 52 : first.offset();
    }
    long wants = first.wants(tail.epoch());
    return forRead.stream().mapToLong(who -> who.wants(tail.epoch())).filter(offset -> offset >= wants - NEAR).min().orElse(wants);
  }

  private void read(Page<FanMessage> page) {
    reading = false;
    if (tail.begun()) {
      parts.turns().addAll(returns, forRead, page);
    } else if (followed.beginsAnywhere()) {
      // Who waits for the tail is brought on by its beginning.
      beginning = page;
      followed.begin(page.epoch() == 0 ? parts.nothing().applyAsLong(followed.topic()) : page.epoch(), page.epoch() == 0 ? 0 : page.head());
      beginning = null;
    }
    followed.look();
  }

  /** The log could not be read: for the tail, or for them. */
  void unreadable() {
    forRead.forEach(who -> parts.turns().addUnread(returns, who));
    if (!tail.begun()) {
      forTail.forEach(who -> parts.turns().addUnread(returns, who));
    }
    reading = true;
    parts.vertx().setTimer(PAUSE_MS, id -> {
      reading = false;
      feed();
    });
  }
}
