package io.vestibule.presence.bus;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vestibule.cluster.Bus;
import io.vestibule.cluster.NodeRef;
import io.vestibule.cluster.ownership.ShardDirectory;
import io.vestibule.cluster.ownership.ShardKinds;
import io.vestibule.cluster.replica.ReplicaCopy;
import io.vestibule.cluster.replica.ReplicaSource;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.contract.presence.Known;
import io.vestibule.contract.presence.PresenceAnswers;
import io.vestibule.contract.presence.PresenceKey;
import io.vestibule.contract.presence.PresenceKinds;
import io.vestibule.contract.presence.PresenceNews;
import io.vestibule.contract.presence.PresenceStatements;
import io.vestibule.contract.presence.Statement;
import io.vestibule.contract.presence.UserStatus;
import io.vestibule.contract.replica.ReplicaKind;
import io.vestibule.contract.replica.ReplicaUpdate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** A gateway node: says who is there, and keeps what it is told. Any thread. */
final class FakeGateway {
  /** Longer than anything takes: what was heard and is not answered in time is said again, and a difference in it counts twice. */
  private static final Duration DEADLINE = PresenceScene.PATIENCE;
  private static final long BEAT_NANOS = 1_000_000_000;

  final NodeRef ref;
  private final HandMembership membership;
  private final Bus bus;
  private final List<Shard> shards = new ArrayList<>();
  private final List<PresenceKey> left = new ArrayList<>();
  private Ears ears = Ears.GOOD;
  private int messages;
  private int updates;
  private boolean dead;
  private PresenceKey losing;
  private long beatenAt = System.nanoTime();

  /** What becomes of what it is told. */
  enum Ears { GOOD, REFUSING, HEARD_BUT_UNANSWERED, SILENT }

  private final class Shard {
    final int number;
    final ReplicaSource<PresenceKey, Statement> statements = new ReplicaSource<>(PresenceKinds.STATEMENTS, 1);
    final ReplicaCopy<PresenceKey, Known> news = new ReplicaCopy<>(PresenceKinds.NEWS, 0, (key, before, now) -> {
      if (now == null) {
        left.add(key);
      }
    });
    String owner;
    boolean waits;

    Shard(int number) {
      this.number = number;
    }
  }

  FakeGateway(NodeRef ref, HandMembership membership, Bus bus) {
    this.ref = ref;
    this.membership = membership;
    this.bus = bus;
    for (int number = 0; number < ShardKinds.PRESENCE.count(); number++) {
      shards.add(new Shard(number));
    }
  }

  Future<?> start() {
    return bus.serve(Addresses.PRESENCE_NEWS.at(ref.id()), (news, flow) -> hear(news));
  }

  private synchronized Future<PresenceAnswers> hear(PresenceNews news) {
    messages++;
    updates += news.shards().size();
    Future<PresenceAnswers> never = Promise.<PresenceAnswers>promise().future();
    return switch (ears) {
      case GOOD -> Future.succeededFuture(apply(news));
      case REFUSING -> Future.failedFuture(Failure.of(ErrorReason.DRAINING));
      case HEARD_BUT_UNANSWERED -> apply(news) == null ? null : never;
      case SILENT -> never;
    };
  }

  private PresenceAnswers apply(PresenceNews news) {
    return new PresenceAnswers(news.shards().stream().map(told -> shards.get(told.number()).news.apply(news.owner(), without(PresenceKinds.NEWS, told.update()))).toList());
  }

  /** Says what there is to say, to whom it concerns. */
  synchronized void speak() {
    if (dead) {
      return;
    }
    long now = System.nanoTime();
    boolean beats = now - beatenAt >= BEAT_NANOS;
    beatenAt = beats ? now : beatenAt;
    for (Shard shard : shards) {
      Optional<String> owner = new ShardDirectory(membership).ownerOf(ShardKinds.PRESENCE, shard.number).map(NodeRef::id);
      if (!Objects.equals(owner.orElse(null), shard.owner)) {
        shard.owner = owner.orElse(null);
        shard.waits = false;
        shard.statements.restart();
      }
      if (!shard.waits && shard.owner != null) {
        (beats ? shard.statements.beat(1_000) : shard.statements.next(1_000)).ifPresent(update -> say(shard, shard.owner, update));
      }
    }
  }

  private <V> ReplicaUpdate<PresenceKey, V> without(ReplicaKind<PresenceKey, V> kind, ReplicaUpdate<PresenceKey, V> update) {
    List<ReplicaUpdate.Entry<PresenceKey, V>> lost = update.changes().stream().filter(entry -> entry.key().equals(losing)).toList();
    if (lost.isEmpty()) {
      return update;
    }
    losing = null;
    List<ReplicaUpdate.Entry<PresenceKey, V>> kept = update.changes().stream().filter(entry -> !lost.contains(entry)).toList();
    return new ReplicaUpdate<>(update.life(), update.copy(), update.base(), update.number(), update.fresh(), update.complete(),
        update.digest() - kind.digest(lost.get(0).key(), lost.get(0).value()), kept);
  }

  private void say(Shard shard, String owner, ReplicaUpdate<PresenceKey, Statement> update) {
    shard.waits = true;
    bus.request(Addresses.PRESENCE_STATEMENTS.at(owner), new PresenceStatements(ref.id(), List.of(new PresenceStatements.Shard(shard.number, without(PresenceKinds.STATEMENTS, update)))), DEADLINE, null)
        .onComplete(answers -> answered(shard, owner, () -> shard.statements.answered(update, answers.answers().get(0))),
            thrown -> answered(shard, owner, () -> shard.statements.unanswered(update)));
  }

  private synchronized void answered(Shard shard, String owner, Runnable then) {
    if (owner.equals(shard.owner)) {
      shard.waits = false;
    }
    then.run();
  }

  private Shard of(String topic) {
    return shards.get(ShardKinds.PRESENCE.shardOf(topic));
  }

  synchronized void enter(String topic, String user, int connections) {
    of(topic).statements.put(new PresenceKey(topic, user), new Statement.Here(connections, 1_000, UserStatus.ONLINE, null));
  }

  synchronized void leave(String topic, String user) {
    of(topic).statements.remove(new PresenceKey(topic, user));
  }

  synchronized void watch(String topic) {
    of(topic).statements.put(PresenceKey.of(topic), new Statement.Watched());
  }

  synchronized void unwatch(String topic) {
    of(topic).statements.remove(PresenceKey.of(topic));
  }

  /** The next time that somebody is said to be in a topic, or heard to be, it gets lost on the way, and no number and no digest shows it at that moment. */
  synchronized void lose(String topic, String user) {
    losing = new PresenceKey(topic, user);
  }

  synchronized void ears(Ears now) {
    ears = now;
  }

  synchronized void die() {
    dead = true;
    ears = Ears.SILENT;
  }

  /** Who is in a topic that it watches; null while it does not know. */
  synchronized List<String> members(String topic) {
    var known = of(topic).news.entries();
    return !known.containsKey(PresenceKey.of(topic)) ? null
        : known.keySet().stream().filter(key -> key.topic().equals(topic) && key.user() != null).map(PresenceKey::user).sorted().toList();
  }

  synchronized Known known(String topic, String user) {
    return of(topic).news.entries().get(new PresenceKey(topic, user));
  }

  synchronized boolean hasHeardOf(String topic) {
    return of(topic).news.isWhole();
  }

  /** Who it heard leave so far. */
  synchronized List<PresenceKey> left() {
    return List.copyOf(left);
  }

  /** Silent differences from what it was told that it has found. */
  synchronized long divergences() {
    return shards.stream().mapToLong(shard -> shard.news.divergences()).sum();
  }

  synchronized int messages() {
    return messages;
  }

  synchronized int updates() {
    return updates;
  }
}
