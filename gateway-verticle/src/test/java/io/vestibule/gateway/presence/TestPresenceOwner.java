package io.vestibule.gateway.presence;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vestibule.cluster.Bus;
import io.vestibule.cluster.Registration;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.presence.Known;
import io.vestibule.contract.presence.Known.Member;
import io.vestibule.contract.presence.PresenceAnswers;
import io.vestibule.contract.presence.PresenceFound;
import io.vestibule.contract.presence.PresenceFound.Found;
import io.vestibule.contract.presence.PresenceFound.Named;
import io.vestibule.contract.presence.PresenceKey;
import io.vestibule.contract.presence.PresenceNews;
import io.vestibule.contract.presence.PresenceQuestion;
import io.vestibule.contract.presence.PresenceStatements;
import io.vestibule.contract.presence.Statement.Here;
import io.vestibule.contract.presence.UserStatus;
import io.vestibule.contract.replica.ReplicaAnswer;
import io.vestibule.contract.replica.ReplicaUpdate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** An owner of all shards of presence on the bus of a test, which tells its one gateway at once what it watches. Thread-safe. */
public final class TestPresenceOwner {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final long PAUSE_MS = 50;
  private static final int BYTES = 64 << 10;

  private final Vertx vertx;
  private final Bus bus;
  private final String node;
  private final Map<PresenceKey, Member> others = new HashMap<>();
  private final List<Registration> registrations = new ArrayList<>();
  private TestRooms rooms;
  private long term = 1;
  private int listed = 100;
  private boolean mine = true;
  private boolean telling;
  private boolean swallows;
  private int messages;
  private int questions;
  private Promise<Void> held;

  /** An owner at this node, which has the role {@code presence}, and whose gateway it knows. */
  public TestPresenceOwner(Vertx vertx, Bus bus, String node) {
    this.vertx = vertx;
    this.bus = bus;
    this.node = node;
    this.rooms = new TestRooms(term, listed, 3, others);
  }

  /** Answers from now on. */
  public Future<Void> serve() {
    Future<Registration> statements = bus.serve(Addresses.PRESENCE_STATEMENTS.at(node), (said, flow) -> Future.succeededFuture(hear(said)));
    Future<Registration> asked = bus.serve(Addresses.PRESENCE_QUESTION.at(node), (question, flow) -> answer(question));
    return Future.all(statements, asked).onSuccess(both -> registrations.addAll(both.list())).mapEmpty();
  }

  /** Answers nobody any more. */
  public Future<Void> stop() {
    return Future.all(registrations.stream().map(Registration::close).toList()).mapEmpty();
  }

  /** Users up to which topics are listed. */
  public synchronized void listed(int most) {
    listed = most;
    takeOver();
  }

  /** Another owner, which knows nothing yet of the gateway. */
  public synchronized void takeOver() {
    rooms = new TestRooms(++term, listed, 3, others);
    telling = false;
  }

  /** Whether it owns the shards; where not, it says so to everybody. */
  public synchronized void mine(boolean owned) {
    mine = owned;
  }

  /** Answers no question before it is released. */
  public synchronized Promise<Void> hold() {
    held = Promise.promise();
    return held;
  }

  /** Somebody is there, by the word of another gateway; null: is not. */
  public void put(String topic, String user, Member member) {
    synchronized (this) {
      rooms.put(topic, user, member);
    }
    tell();
  }

  /** As the other, but what the gateway is told of it is lost, and neither side notices: the numbers go on as if it had been told. */
  public void putUnheard(String topic, String user, Member member) {
    synchronized (this) {
      swallows = true;
    }
    put(topic, user, member);
  }

  /** A member with one connection of whom nothing is said. */
  public static Member member() {
    return new Member(1, 1_700_000_000_000L, UserStatus.ONLINE, null);
  }

  /** What the gateway says of a user, or null. */
  public synchronized Here said(String topic, String user) {
    return (Here) rooms.statements().get(new PresenceKey(topic, user));
  }

  /** Whether the gateway says that it watches a topic. */
  public synchronized boolean watched(String topic) {
    return rooms.statements().containsKey(PresenceKey.of(topic));
  }

  /** Whether the gateway has given the whole map of each shard. */
  public synchronized boolean hasHeardAll(int shards) {
    for (int i = 0; i < shards; i++) {
      if (!rooms.hasHeard(i)) {
        return false;
      }
    }
    return true;
  }

  /** Messages of the gateway so far. */
  public synchronized int messages() {
    return messages;
  }

  /** Questions so far. */
  public synchronized int questions() {
    return questions;
  }

  private PresenceAnswers hear(PresenceStatements said) {
    PresenceAnswers answers;
    synchronized (this) {
      messages++;
      answers = mine ? rooms.hear(said) : new PresenceAnswers(said.shards().stream().map(shard -> ReplicaAnswer.notMine()).toList());
    }
    vertx.runOnContext(soon -> tell());
    return answers;
  }

  private synchronized Future<PresenceFound> answer(PresenceQuestion question) {
    questions++;
    PresenceFound found = new PresenceFound(question.asks().stream().map(ask -> {
      List<Named> named = new ArrayList<>();
      rooms.members(ask.topic()).forEach((user, member) -> named.add(new Named(user, member)));
      return mine ? new Found(named.size(), named.subList(0, Math.min(named.size(), ask.limit()))) : PresenceFound.UNKNOWN;
    }).toList());
    return held == null ? Future.succeededFuture(found) : held.future().map(found);
  }

  private void tell() {
    PresenceNews news;
    PresenceNews sent;
    TestRooms of;
    synchronized (this) {
      of = rooms;
      news = telling ? null : rooms.news(BYTES, false).orElse(null);
      telling |= news != null;
      sent = news != null && swallows ? swallowed(news) : news;
      swallows &= news == null;
    }
    if (news != null) {
      bus.request(Addresses.PRESENCE_NEWS.at(node), sent, PATIENCE, null).onComplete((answers, failed) -> {
        synchronized (this) {
          of.answered(news, answers);
          telling &= of != rooms;
        }
        if (failed == null) {
          tell();
        } else {
          vertx.setTimer(PAUSE_MS, again -> tell());
        }
      });
    }
  }

  private static PresenceNews swallowed(PresenceNews news) {
    return new PresenceNews(news.owner(), news.shards().stream().map(shard -> {
      ReplicaUpdate<PresenceKey, Known> u = shard.update();
      return new PresenceNews.Shard(shard.number(), new ReplicaUpdate<>(u.life(), u.copy(), u.base(), u.number(), u.fresh(), u.complete(), u.digest(), List.of()));
    }).toList());
  }
}
