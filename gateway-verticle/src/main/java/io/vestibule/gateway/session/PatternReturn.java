package io.vestibule.gateway.session;

import io.vertx.core.Vertx;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.frame.ClientFrame.Since;
import io.vestibule.gateway.log.Comeback;
import io.vestibule.gateway.log.LoopTails;
import io.vestibule.gateway.log.MovedTopics;
import io.vestibule.gateway.log.Position;
import io.vestibule.gateway.log.core.Moved;
import io.vestibule.gateway.topic.Permissions;
import io.vestibule.gateway.topic.TopicPattern;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A connection on its way back to a pattern: to each topic of which it knows a place, or that moved since it was there, it comes back as to any topic, and gets messages when that is known of all. What else comes by
 * the pattern meanwhile is put off: its topics are come back to as well. One event loop.
 */
final class PatternReturn {
  /** Topics of one return. */
  static final int MOST = 1_000;
  private static final long AGAIN_MS = 1_000;

  /**
   * What it works with.
   *
   * @param moved the node's
   */
  record Parts(Vertx vertx, LoopTails tails, MovedTopics moved, Permissions permissions) {}

  /** What whoever asked is told. */
  interface Answer {
    /** The subscription stands; messages follow. */
    void begun(Map<String, Boolean> recovered);

    /** It does not, if it did not before. */
    void failed(Failure failure);
  }

  private final Parts parts;
  private final Connection connection;
  private final TopicPattern pattern;
  private final Since since;
  private final long sinceMs;
  private final boolean begins;
  private final Answer answer;
  private final Map<String, Way> ways = new LinkedHashMap<>();
  /** Topics of which something came by the pattern that was put off. */
  private final Set<String> putOff = new LinkedHashSet<>();
  private boolean told;
  private boolean over;

  /**
   * A way back.
   *
   * @param begins whether the connection was not subscribed before
   */
  PatternReturn(Parts parts, Connection connection, TopicPattern pattern, Since since, boolean begins, Answer answer) {
    this.parts = parts;
    this.connection = connection;
    this.pattern = pattern;
    this.since = since;
    this.sinceMs = parts.moved.surelyBefore(since.atMs());
    this.begins = begins;
    this.answer = answer;
  }

  TopicPattern pattern() {
    return pattern;
  }

  /** Finds out what it missed; the connection is subscribed already. */
  void start() {
    connection.comesBack(this);
    parts.moved.since(parts.vertx, sinceMs).onComplete(this::found, this::unreadable);
  }

  private void found(MovedTopics.Look look) {
    if (over || connection.principal() == null) {
      return;
    }
    Map<String, Position> topics = new LinkedHashMap<>(since.topics());
    topics.keySet().removeIf(topic -> !isMeant(topic));
    for (Moved.Head head : look.matching(pattern)) {
      // What it has by its name it comes back to by its name.
      if (head.atMs() >= sinceMs && isMeant(head.topic()) && !connection.subscribesTo(head.topic())) {
        topics.putIfAbsent(head.topic(), null);
      }
    }
    if (!look.isComplete() || topics.size() > MOST) {
      fail(Failure.of(ErrorReason.RECOVERY_TOO_LARGE).with("limit", MOST));
      return;
    }
    topics.forEach((topic, place) -> ways.put(topic, new Way(topic)));
    topics.forEach(this::comeBack);
    look();
  }

  private boolean isMeant(String topic) {
    return parts.tails.keeps(topic) && parts.permissions.maySubscribe(connection.principal(), topic);
  }

  /** He may have ceased to be a member meanwhile. */
  private boolean mayStill(String topic) {
    return connection.principal() != null && isMeant(topic);
  }

  private void comeBack(String topic, Position place) {
    if (place != null) {
      begin(ways.get(topic), place);
    } else {
      parts.moved.placeAt(parts.vertx, topic, sinceMs).onComplete(at -> begin(ways.get(topic), at), this::unreadable);
    }
  }

  /** From a place, or from now on where there is no log. */
  private void begin(Way way, Position place) {
    if (!over && !mayStill(way.topic)) {
      way.ended();
    } else if (!over && parts.tails.beginHeld(connection, way.topic, pattern.text(), place, way) == null) {
      fail(Failure.of(ErrorReason.RATE_LIMITED));
    }
  }

  private void look() {
    if (over || told || !ways.values().stream().allMatch(way -> way.begun)) {
      return;
    }
    told = true;
    Map<String, Boolean> recovered = new LinkedHashMap<>();
    ways.forEach((topic, way) -> recovered.put(topic, way.recovered == null || way.recovered));
    putOff.removeAll(ways.keySet());
    answer.begun(recovered);
    ways.keySet().forEach(this::release);
    goOn();
  }

  private void release(String topic) {
    Comeback who = connection.comeback(topic);
    if (who != null) {
      parts.tails.release(who);
    }
  }

  /** What was put off is news: nobody is told that it was missed. */
  private void goOn() {
    new ArrayList<>(putOff).forEach(this::late);
    endIfDone();
  }

  private void late(String topic) {
    if (!over) {
      parts.moved.placeAt(parts.vertx, topic, sinceMs).onComplete(place -> {
        if (!over && putOff.remove(topic)) {
          if (!mayStill(topic)) {
            endIfDone();
            return;
          }
          // Nobody is told where it begins: it does so behind what was there before.
          parts.tails.beginHeld(connection, topic, pattern.text(), place, Comeback.Answer.UNASKED);
          release(topic);
          endIfDone();
        }
      }, failed -> parts.vertx.setTimer(AGAIN_MS, id -> late(topic)));
    }
  }

  private void endIfDone() {
    if (putOff.isEmpty()) {
      end();
    }
  }

  /** Whether a subscription has not begun for a topic, because this is on its way. */
  boolean putsOff(TopicPattern held, String topic) {
    return begins && held.equals(pattern) && (!told || putOff.contains(topic));
  }

  /** Something has come by the pattern, and by nothing else; says whether it is put off. */
  boolean comes(String topic, boolean durable) {
    if (!pattern.matches(topic) || !putsOff(pattern, topic)) {
      return false;
    }
    if (!told && durable) {
      putOff.add(topic);
      if (putOff.size() > MOST) {
        parts.vertx.runOnContext(now -> fail(Failure.of(ErrorReason.RECOVERY_TOO_LARGE).with("limit", MOST)));
      }
    }
    return true;
  }

  private void unreadable(Throwable thrown) {
    fail(Subscriptions.unreadable());
  }

  private void fail(Failure failure) {
    if (!over && !told) {
      end();
      answer.failed(failure);
      // Who was subscribed before goes on from where that left him: he may get something again, and misses nothing.
      ways.keySet().forEach(this::release);
    }
  }

  private void end() {
    over = true;
    connection.hasComeBack(this);
  }

  /** The subscription has ended, and the connection is told so. */
  void unsubscribed() {
    if (!over && !told) {
      end();
      answer.failed(Subscriptions.endedBeforeItBegan());
    }
    end();
  }

  /** One topic of the pattern. */
  private final class Way implements Comeback.Answer {
    private final String topic;
    private boolean begun;
    private Boolean recovered;

    Way(String topic) {
      this.topic = topic;
    }

    @Override
    public void begun(Position head, Boolean complete) {
      begun = true;
      recovered = complete;
      look();
    }

    @Override
    public boolean waits() {
      return false;
    }

    @Override
    public void failed() {
      unreadable(null);
    }

    /** The others need not wait for it. */
    @Override
    public void ended() {
      ways.remove(topic, this);
      look();
    }

    @Override
    public boolean isAgain() {
      return !begins || connection.subscriptions().stream().anyMatch(held -> !held.equals(pattern) && held.matches(topic));
    }
  }
}
