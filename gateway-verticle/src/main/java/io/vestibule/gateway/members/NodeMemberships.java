package io.vestibule.gateway.members;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vestibule.cluster.Bus;
import io.vestibule.cluster.Registration;
import io.vestibule.cluster.store.CallerContext;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.contract.message.MembershipNotice;
import io.vestibule.gateway.members.core.View;
import io.vestibule.gateway.members.core.Word;
import io.vestibule.gateway.members.store.MemberStore;
import io.vestibule.gateway.topic.Memberships;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * What a node knows of the topics that users on it are members of: read when it is first needed, told of changes by the bus, read again every 30 s in case the bus lost something, and forgotten when no event
 * loop needs it any more. While the store cannot be read, what is known goes on. Thread-safe.
 */
public final class NodeMemberships implements Memberships {
  /** How often one shard of users is read again: all of them in 30 s. */
  static final long TURN_MS = 30_000 / MemberStore.SHARDS;

  private static final Duration PATIENCE = Duration.ofMillis(1_800);
  private static final long RETRY_MS = 1_000;
  private static final int IN_A_READ = 200;

  /**
   * A user has become a member of a topic, or is none any more.
   *
   * @param member which of the two
   */
  public record Turned(String userId, String topic, boolean member) {}

  private record Loop(Context context, Consumer<List<Turned>> ear) {}

  /** A view, with those who need it; changed within {@link ConcurrentHashMap#compute} only. */
  private static final class Held {
    private final View view = new View();
    private final Set<Object> holders = new HashSet<>();
    private Future<Void> reading;
  }

  private final Vertx vertx;
  private final MemberBook book;
  private final Map<String, Held> views = new ConcurrentHashMap<>();
  private final List<Loop> loops = new CopyOnWriteArrayList<>();
  private int shard;

  /** Nothing is known yet. */
  public NodeMemberships(Vertx vertx, MemberBook book) {
    this.vertx = vertx;
    this.book = book;
  }

  /** Where it reads. */
  public MemberBook book() {
    return book;
  }

  /** Has an event loop told, on it, of what has turned: of users who are known here, and of whoever is no member any more. Any thread. */
  public void add(Context context, Consumer<List<Turned>> ear) {
    loops.add(new Loop(context, ear));
  }

  @Override
  public boolean isMember(String userId, String topic) {
    return word(userId, topic) != null;
  }

  /** What is known of a user's membership; null where he is no member, or nothing is known. */
  public Word word(String userId, String topic) {
    Held held = userId == null ? null : views.get(userId);
    return held == null ? null : held.view.member(topic);
  }

  /** The topics that a user is a member of, as far as is known. */
  public Set<String> topics(String userId) {
    Held held = views.get(userId);
    return held == null ? Set.of() : held.view.topics();
  }

  /** Whether it is known what a user is a member of. */
  public boolean knows(String userId) {
    Held held = views.get(userId);
    return held != null && held.view.isKnown();
  }

  /** How many users are known. */
  public int size() {
    return views.size();
  }

  /**
   * Finds out what a user is a member of, and knows it until it is {@link #release released}.
   *
   * @param holder who needs it
   * @return done, on the context of the caller, when it is known; fails with {@link ErrorReason#STORE_UNAVAILABLE} after less than 2 s
   */
  public Future<Void> know(Object holder, String userId) {
    Held held = views.compute(userId, (user, before) -> {
      Held now = before == null ? new Held() : before;
      now.holders.add(holder);
      return now;
    });
    if (held.view.isKnown()) {
      return Future.succeededFuture();
    }
    if (!isSound(userId)) {
      // No store tells it from others, so it is a member of nothing.
      held.view.read(Map.of());
      return Future.succeededFuture();
    }
    return CallerContext.bring(vertx, PATIENCE, read(held, userId))
        .recover(thrown -> Future.failedFuture(Failure.of(ErrorReason.STORE_UNAVAILABLE).retryAfter(RETRY_MS)));
  }

  /** Half of a surrogate pair is replaced by a question mark where it is made bytes of. */
  public static boolean isSound(String userId) {
    return StandardCharsets.UTF_8.newEncoder().canEncode(userId);
  }

  /** All who wait for a view wait for one reading. */
  private Future<Void> read(Held held, String userId) {
    Promise<Void> promise = Promise.promise();
    synchronized (held) {
      if (held.reading != null) {
        return held.reading;
      }
      held.reading = promise.future();
    }
    held.view.begin();
    book.topicsOf(List.of(userId)).onComplete((found, failed) -> {
      List<View.Turn> turns = failed == null ? held.view.read(found.get(userId)) : List.of();
      synchronized (held) {
        held.reading = null;
      }
      if (failed == null) {
        promise.complete();
        tell(turned(userId, turns));
      } else {
        promise.fail(failed);
      }
    });
    return promise.future();
  }

  /**
   * Makes a user a member of a topic, or a member no more.
   *
   * @param durable whether messages of the topic are owed to him
   * @return done when it is known here too
   */
  public Future<Void> turn(String userId, String topic, boolean member, boolean durable) {
    List<String> users = List.of(userId);
    return (member ? book.add(topic, users, durable) : book.remove(topic, users)).map(changed -> {
      // The bus may not have told it yet.
      hear(MemberBook.notice(topic, users, changed));
      return null;
    });
  }

  /** Somebody does not need it any more. */
  public void release(Object holder, String userId) {
    views.computeIfPresent(userId, (user, held) -> {
      held.holders.remove(holder);
      return held.holders.isEmpty() ? null : held;
    });
  }

  /** Hears of changes. */
  public void hear(MembershipNotice notice) {
    List<Turned> turned = new ArrayList<>();
    for (MembershipNotice.Said said : notice.said()) {
      Held held = views.get(said.userId());
      if (held != null) {
        turned.addAll(turned(said.userId(), held.view.hear(notice.topic(), new Word(said.member(), said.atMs(), said.sinceMs(), said.epoch(), said.offset()))));
      } else if (!said.member()) {
        // A server may have subscribed him.
        turned.add(new Turned(said.userId(), notice.topic(), false));
      }
    }
    tell(turned);
  }

  private static List<Turned> turned(String userId, List<View.Turn> turns) {
    return turns.stream().map(turn -> new Turned(userId, turn.topic(), turn.member())).toList();
  }

  private void tell(List<Turned> turned) {
    if (!turned.isEmpty()) {
      loops.forEach(loop -> loop.context.runOnContext(here -> loop.ear.accept(turned)));
    }
  }

  /** Reads again what is known of the users of the next shard, and has it measured. To be called every {@link #TURN_MS}. */
  public void turn() {
    int now = shard;
    shard = (shard + 1) % MemberStore.SHARDS;
    book.measure(now);
    List<String> users = views.keySet().stream().filter(user -> MemberStore.shardOf(user) == now).toList();
    for (int from = 0; from < users.size(); from += IN_A_READ) {
      readAgain(users.subList(from, Math.min(users.size(), from + IN_A_READ)));
    }
  }

  private void readAgain(List<String> users) {
    Promise<Void> promise = Promise.promise();
    Map<String, Held> begun = new HashMap<>();
    for (String user : users) {
      Held held = views.get(user);
      if (held != null && begin(held, user, promise.future())) {
        begun.put(user, held);
      }
    }
    if (begun.isEmpty()) {
      return;
    }
    book.topicsOf(begun.keySet()).onComplete((found, failed) -> {
      List<Turned> turned = new ArrayList<>();
      begun.forEach((user, held) -> {
        if (failed == null) {
          turned.addAll(turned(user, held.view.read(found.get(user))));
        }
        synchronized (held) {
          held.reading = null;
        }
      });
      if (failed == null) {
        promise.complete();
        tell(turned);
      } else {
        promise.fail(failed);
      }
    });
  }

  private static boolean begin(Held held, String user, Future<Void> reading) {
    if (!isSound(user)) {
      return false;
    }
    synchronized (held) {
      if (held.reading != null) {
        return false;
      }
      held.reading = reading;
    }
    held.view.begin();
    return true;
  }

  /**
   * Begins to hear of changes, and to read again what is known, on the context of the caller.
   *
   * @return ends it
   */
  public Future<Registration> start(Bus bus) {
    Consumer<MembershipNotice> ear = this::hear;
    return bus.subscribe(Addresses.MEMBERS, ear).map(hearing -> {
      long timer = vertx.setPeriodic(TURN_MS, id -> turn());
      return () -> {
        vertx.cancelTimer(timer);
        return hearing.close();
      };
    });
  }
}
