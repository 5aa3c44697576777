package io.vestibule.gateway.log;

import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vestibule.contract.message.FanMessage.StoredAt;
import io.vestibule.contract.message.FanMessage;
import io.vestibule.gateway.fanout.FanOut;
import io.vestibule.gateway.frame.FrameEncoder;
import io.vestibule.gateway.log.HeadWatch.Heads;
import io.vestibule.gateway.log.core.Epoch;
import io.vestibule.gateway.log.core.Lineage;
import io.vestibule.gateway.log.core.Moved;
import io.vestibule.gateway.log.core.Tail;
import io.vestibule.gateway.log.store.TopicLog;
import io.vestibule.gateway.session.Connection;
import io.vestibule.gateway.session.LoopClock;
import io.vestibule.gateway.topic.TopicPattern;
import io.vestibule.gateway.topic.TopicRules;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Brings messages to the connections of one event loop, those of durable topics in the order of their offsets and without a hole: what the bus has lost, or is late with, is read from the log. Of topics that
 * nobody here is subscribed to nothing is kept; where following one begins is known by how far its shard was when that was last asked.
 */
public final class LoopTails {
  private static final long IDLE_MS = 60_000;
  private static final long SWEEP_MS = 15_000;
  /** So many topics are followed though they are quiet; of more, where one begins anew is known by its shard alone. */
  private static final int MOST_QUIET = 20_000;

  private record Baseline(long lineage, long version) {}

  private final ContextInternal context;
  private final Vertx vertx;
  private final RecentMessages recent;
  private final Acknowledged acknowledged;
  private final TopicRules rules;
  private final Followed.Parts parts;
  private final FanOut fanOut;
  private final LoopClock clock;
  private final Map<String, Followed> topics = new HashMap<>();
  private final Set<Followed> missing = new LinkedHashSet<>();
  private final Baseline[] baselines = new Baseline[TopicLog.SHARDS];
  /** The latest that was heard of each shard, and what that was when its heads were told last: by now the shard must be as far. */
  private final Baseline[] heard = new Baseline[TopicLog.SHARDS];
  private final Baseline[] heardBefore = new Baseline[TopicLog.SHARDS];
  private boolean armed;
  private long sweptMs;

  /**
   * The tails of an event loop.
   *
   * @param recent the node's
   * @param acknowledged the node's
   */
  public LoopTails(Context context, RecentMessages recent, Acknowledged acknowledged, TopicRules rules, FanOut fanOut, FrameEncoder encoder, LoopClock clock) {
    this.context = (ContextInternal) context;
    this.vertx = context.owner();
    this.recent = recent;
    this.acknowledged = acknowledged;
    this.rules = rules;
    this.fanOut = fanOut;
    this.clock = clock;
    this.parts = new Followed.Parts(vertx, recent.log(), recent, new Turns(context), fanOut, encoder, clock, recent.meters(), this::nothing, this::look, this::forget);
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
    return Arrays.stream(baselines).allMatch(Objects::nonNull);
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
      Baseline known = baselines[TopicLog.shardOf(topic)];
      keep(new Followed(parts, topic, new Tail<>(nowMs()), known != null && fanOut.isAwaited(topic) ? known.version : Long.MAX_VALUE));
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

  private long nothing(String topic) {
    Baseline known = baselines[TopicLog.shardOf(topic)];
    return Epoch.ofNothing(known == null ? 0 : known.lineage);
  }

  /** A message has come over the bus. */
  public void hear(FanMessage message) {
    StoredAt at = message.stored();
    if (at == null) {
      fanOut.deliver(message);
      return;
    }
    recent.log().heard(TopicLog.shardOf(message.topic()), at.lineage(), at.version());
    Followed topic = topics.get(message.topic());
    if (topic == null) {
      if (!fanOut.isAwaited(message.topic())) {
        return;
      }
      topic = follow(message.topic(), at);
    } else if (topic.beginsAnywhere()) {
      owe(topic, since(message.topic(), at));
    }
    int shard = TopicLog.shardOf(message.topic());
    if (heard[shard] == null || heard[shard].lineage != at.lineage() || heard[shard].version < at.version()) {
      heard[shard] = new Baseline(at.lineage(), at.version());
    }
    topic.hear(message);
  }

  /** Nothing was missed where the message before had come when the shard was last asked. */
  private Followed follow(String topic, StoredAt at) {
    long version = since(topic, at);
    Tail<FanMessage> tail = at.versionBefore() <= version ? new Tail<>(at.epoch(), at.offset() - 1, nowMs()) : new Tail<>(nowMs());
    return keep(new Followed(parts, topic, tail, version));
  }

  private long since(String topic, StoredAt at) {
    Baseline known = baselines[TopicLog.shardOf(topic)];
    return known == null ? Long.MAX_VALUE : since(known.lineage, known.version, at.lineage());
  }

  /** Somebody may hear the topic by a pattern who began with that while others already asked where the log ends: he is owed what came since, too. */
  private void owe(Followed topic, long version) {
    if (version != Long.MAX_VALUE && fanOut.isAwaited(topic.topic())) {
      topic.owe(version);
    }
  }

  /** The version of a shard since when messages are owed; beyond all where that cannot be told. */
  private static long since(long lineage, long version, long lineageNow) {
    return lineage == lineageNow ? version : Lineage.beganEmpty(lineageNow) ? 0 : Long.MAX_VALUE;
  }

  private Followed keep(Followed followed) {
    topics.put(followed.topic(), followed);
    return followed;
  }

  /** What moved in a shard. */
  public void moved(Heads heads) {
    Moved moved = heads.moved();
    long since = heads.first() || heads.restored() ? Long.MAX_VALUE : since(heads.lineageBefore(), heads.versionBefore(), moved.lineage());
    for (Moved.Head head : moved.heads()) {
      Followed topic = topics.get(head.topic());
      if (topic != null && topic.beginsAnywhere()) {
        owe(topic, since);
      }
      if (topic == null && since != Long.MAX_VALUE && fanOut.isAwaited(head.topic())) {
        topic = keep(new Followed(parts, head.topic(), new Tail<>(nowMs()), since));
      }
      if (topic != null) {
        topic.head(head.epoch(), head.offset());
      }
    }
    Baseline told = heardBefore[heads.shard()];
    boolean another = !heads.more() && heads.lineageBefore() != 0 && heads.lineageBefore() != moved.lineage();
    if (another || heads.restored() || told != null && told.lineage == moved.lineage() && told.version > moved.version() && !heads.more()) {
      ofShard(heads.shard()).forEach(Followed::doubt);
    }
    heardBefore[heads.shard()] = heard[heads.shard()];
    baselines[heads.shard()] = new Baseline(moved.lineage(), moved.version());
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

  /** Something is missing in a topic: it is waited for a moment, then read. */
  private void look(Followed topic) {
    if (!topic.isMissing()) {
      missing.remove(topic);
    } else if (missing.add(topic)) {
      arm();
    }
  }

  private void arm() {
    if (!armed) {
      armed = true;
      vertx.setTimer(Tail.PATIENCE_MS, id -> {
        armed = false;
        List<Followed> due = new ArrayList<>(missing);
        due.forEach(topic -> topic.readIfDue(nowMs()));
        if (!missing.isEmpty()) {
          arm();
        }
      });
    }
  }

  /** Nobody here is subscribed to it any more. */
  private void forget(Followed topic) {
    topics.remove(topic.topic(), topic);
    missing.remove(topic);
    topic.end();
  }

  private long nowMs() {
    return clock.monotonicMs().getAsLong();
  }
}
