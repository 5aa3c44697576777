package io.vestibule.gateway.log;

import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import io.vestibule.contract.message.FanMessage.StoredAt;
import io.vestibule.contract.message.FanMessage;
import io.vestibule.gateway.fanout.FanOut;
import io.vestibule.gateway.frame.FrameEncoder;
import io.vestibule.gateway.log.HeadWatch.Heads;
import io.vestibule.gateway.log.core.Epoch;
import io.vestibule.gateway.log.core.Moved;
import io.vestibule.gateway.log.core.Tail;
import io.vestibule.gateway.log.store.TopicLog;
import io.vestibule.gateway.session.Connection;
import io.vestibule.gateway.session.LoopClock;
import io.vestibule.gateway.topic.TopicPattern;
import io.vestibule.gateway.topic.TopicRules;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Brings messages to the connections of one event loop, those of durable topics in the order of their offsets and without a hole: what the bus has lost, or is late with, is read from the log. Of topics that
 * nobody here is subscribed to nothing is kept; where following one begins is known by how far its shard was when that was last asked.
 */
public final class LoopTails {
  private static final long IDLE_MS = 60_000;
  private static final long SWEEP_MS = 15_000;
  /** So many topics are followed though they are quiet; of more, where one begins anew is known by its shard alone. */
  private static final int MOST_QUIET = 20_000;

  private final ContextInternal context;
  private final RecentMessages recent;
  private final Acknowledged acknowledged;
  private final TopicRules rules;
  private final Followed.Parts parts;
  private final FanOut fanOut;
  private final LoopClock clock;
  private final Map<String, Followed> topics = new HashMap<>();
  private final MissingTopics missing;
  private final LoopShards shards = new LoopShards();
  private long sweptMs;

  /**
   * The tails of an event loop.
   *
   * @param recent the node's
   * @param acknowledged the node's
   */
  public LoopTails(Context context, RecentMessages recent, Acknowledged acknowledged, TopicRules rules, FanOut fanOut, FrameEncoder encoder, LoopClock clock) {
    this.context = (ContextInternal) context;
    this.recent = recent;
    this.acknowledged = acknowledged;
    this.rules = rules;
    this.fanOut = fanOut;
    this.clock = clock;
    this.missing = new MissingTopics(context.owner(), clock);
    this.parts = new Followed.Parts(context.owner(), recent.log(), recent, new Turns(context), fanOut, encoder, clock, recent.meters(),
        topic -> shards.nothing(TopicLog.shardOf(topic)), missing::look, this::forget);
  }

  /** Whether this is a literal durable topic. */
  public boolean keeps(TopicPattern topic) {
    return keeps(topic.text());
  }

  /** Whether this is a literal durable topic. */
  public boolean keeps(String topic) {
    return !topic.contains("*") && rules.ruleFor(topic).durable();
  }

  /** Whether it is known how far all shards were when they were last asked: before that, nobody can tell where a pattern begins. */
  public boolean knowsShards() {
    return shards.knowsAll();
  }

  /** Where a topic is on this event loop, with an epoch of nothing where it has no log yet; null where nobody knows. */
  public Position place(String topic) {
    Followed followed = topics.get(topic);
    return followed == null ? null : followed.place();
  }

  /** A promise of this event loop. */
  public <T> Promise<T> promise() {
    return context.promise();
  }

  /** Somebody is about to subscribe: what is published from now on is not missed. */
  public void expect(String topic) {
    if (!topics.containsKey(topic)) {
      follow(topic, new Tail<>(nowMs()), fanOut.isAwaited(topic) ? shards.since(TopicLog.shardOf(topic)) : LoopShards.NEVER);
    }
  }

  /**
   * Brings a connection that is subscribed to a durable topic to where the others are, from where it was. What comes of the topic is withheld from it until then.
   *
   * @param place how far it is; null for one that wants nothing of what was before
   * @return its way, or null where it has asked too often for something that is not answered yet
   */
  public Comeback begin(Connection connection, String topic, Position place, Comeback.Answer answer) {
    return begin(new Comeback(connection, topic, null, place, answer), false);
  }

  /**
   * The same, and it gets no messages until it is {@link #release released}.
   *
   * @param pattern that it comes back to, or null where that is the topic itself
   */
  public Comeback beginHeld(Connection connection, String topic, String pattern, Position place, Comeback.Answer answer) {
    return begin(new Comeback(connection, topic, pattern, place, answer), true);
  }

  private Comeback begin(Comeback who, boolean held) {
    String topic = who.topic;
    expect(topic);
    who.hold(held);
    Position known = who.pattern == null && !who.answer.isAgain() ? acknowledged.of(topic) : null;
    if (known != null) {
      // Who hears the topic already is owed all of it.
      who.knows(known.epoch(), known.offset());
    }
    Followed followed = topics.get(topic);
    boolean begins = followed.returns().begin(who);
    followed.hurry();
    return begins ? who : null;
  }

  /** Somebody who is on his way to a topic, from where nobody knows yet, hears it by a pattern from now on: he is owed what comes since, as by any pattern. */
  public void owe(String topic) {
    Followed followed = topics.get(topic);
    if (followed != null && followed.beginsAnywhere()) {
      followed.owe(shards.since(TopicLog.shardOf(topic)));
      followed.hurry();
    }
  }

  /** Messages may come now. */
  public void release(Comeback who) {
    Followed followed = topics.get(who.topic);
    if (followed != null) {
      followed.returns().release(who);
    }
  }

  /** A subscription has ended. */
  public void end(Connection connection, String topic) {
    Comeback who = connection.comeback(topic);
    Followed followed = topics.get(topic);
    if (who != null && followed != null) {
      followed.returns().end(who);
    }
  }

  /**
   * A subscription has ended, and its connection hears a topic by another: it misses nothing of that.
   *
   * @param ended a pattern, or the topic
   * @param by the same of the other
   */
  public void goOn(Connection connection, String topic, String ended, String by) {
    Comeback who = connection.comeback(topic);
    Followed followed = topics.get(topic);
    if (who != null && followed != null) {
      followed.returns().goOn(who, ended.equals(topic) ? null : ended, by.equals(topic) ? null : by);
    }
  }

  /** A message has come over the bus. */
  public void hear(FanMessage message) {
    StoredAt at = message.stored();
    if (at == null) {
      fanOut.deliver(message);
      return;
    }
    int shard = TopicLog.shardOf(message.topic());
    recent.log().heard(shard, at.lineage(), at.version());
    Followed topic = topics.get(message.topic());
    if (topic == null) {
      if (!fanOut.isAwaited(message.topic())) {
        return;
      }
      long since = shards.since(shard, at);
      // Nothing was missed where the message before had come when the shard was last asked.
      topic = follow(message.topic(), at.versionBefore() <= since ? new Tail<>(at.epoch(), at.offset() - 1, nowMs()) : new Tail<>(nowMs()), since);
    } else if (topic.beginsAnywhere()) {
      owe(topic, shards.since(shard, at));
    }
    shards.heard(shard, at);
    topic.hear(message);
  }

  /** Somebody may hear the topic by a pattern who began with that while others already asked where the log ends: he is owed what came since, too. */
  private void owe(Followed topic, long version) {
    if (version != LoopShards.NEVER && fanOut.isAwaited(topic.topic())) {
      topic.owe(version);
    }
  }

  private Followed follow(String topic, Tail<FanMessage> tail, long since) {
    Followed followed = new Followed(parts, topic, tail, since);
    topics.put(topic, followed);
    return followed;
  }

  /** What moved in a shard. */
  public void moved(Heads heads) {
    Moved moved = heads.moved();
    long since = LoopShards.since(heads);
    for (Moved.Head head : moved.heads()) {
      Followed topic = topics.get(head.topic());
      if (topic != null && topic.beginsAnywhere()) {
        owe(topic, since);
      }
      if (topic == null && since != LoopShards.NEVER && fanOut.isAwaited(head.topic())) {
        topic = follow(head.topic(), new Tail<>(nowMs()), since);
      }
      if (topic != null) {
        topic.head(head.epoch(), head.offset());
      }
    }
    if (shards.moved(heads)) {
      ofShard(heads.shard()).forEach(Followed::doubt);
    }
    if (heads.lineageBefore() != moved.lineage()) {
      ofShard(heads.shard()).forEach(topic -> topic.lose(Epoch.ofNothing(moved.lineage()), heads.first()));
    }
  }

  private List<Followed> ofShard(int shard) {
    return topics.values().stream().filter(topic -> TopicLog.shardOf(topic.topic()) == shard).toList();
  }

  /** To be called now and then. */
  public void tick() {
    long now = nowMs();
    recent.tick(now);
    topics.values().stream().filter(topic -> !topic.returns().isEmpty()).toList().forEach(topic -> topic.returns().tick());
    if (now - sweptMs >= SWEEP_MS) {
      sweptMs = now;
      boolean full = topics.size() > MOST_QUIET;
      topics.values().stream().filter(topic -> full && topic.isIdle(now, IDLE_MS) || topic.isQuiet() && !fanOut.isAwaited(topic.topic())).toList().forEach(this::forget);
    }
  }

  /** Nobody here is subscribed to it any more. */
  private void forget(Followed topic) {
    topics.remove(topic.topic(), topic);
    missing.forget(topic);
    topic.end();
  }

  private long nowMs() {
    return clock.monotonicMs().getAsLong();
  }
}
