package io.vestibule.gateway.members;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vestibule.cluster.CallerPromise;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.contract.message.MembershipNotice;
import io.vestibule.gateway.log.Position;
import io.vestibule.gateway.log.core.CursorRead;
import io.vestibule.gateway.log.core.CursorSlice;
import io.vestibule.gateway.log.core.Epoch;
import io.vestibule.gateway.log.store.TopicLog;
import io.vestibule.gateway.members.core.Change;
import io.vestibule.gateway.members.core.Changed;
import io.vestibule.gateway.members.core.Changed.Room;
import io.vestibule.gateway.members.core.Mark;
import io.vestibule.gateway.members.core.Marks;
import io.vestibule.gateway.members.core.Pair;
import io.vestibule.gateway.members.core.ShardMembers;
import io.vestibule.gateway.members.core.Word;
import io.vestibule.gateway.members.store.MemberStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Makes users members of topics, and members no more. The truth is with the topic; hints, with the user, have all topics that he may be a member of: they are given before the truth is changed and again after
 * it, and taken back after it; then the truth is looked at once more, since somebody may have made him a member meanwhile. Whoever reads hints asks for the truth. Any thread; answers come to the context
 * of the caller, and fail with a {@link Failure}.
 */
public final class MemberBook {
  private static final long DEADLINE_MS = 10_000;
  private static final long RETRY_MS = 1_000;
  private static final int PAIRS = 1_000;
  /** A reader of its own name has no place in any log. */
  private static final String NO_READER = "end/-";

  private final MemberStore store;
  private final TopicLog log;
  private final LongSupplier epochMs;
  private final Consumer<MembershipNotice> teller;

  /**
   * Keeps members.
   *
   * @param log where messages are that are owed to members
   * @param epochMs Unix milliseconds
   * @param teller tells all nodes
   */
  public MemberBook(MemberStore store, TopicLog log, LongSupplier epochMs, Consumer<MembershipNotice> teller) {
    this.store = store;
    this.log = log;
    this.epochMs = epochMs;
    this.teller = teller;
  }

  /**
   * Makes users members of a topic; those who are stay as they are.
   *
   * @param durable whether messages of the topic are owed to who is new
   */
  public Future<Changed> add(String topic, List<String> users, boolean durable) {
    List<Pair> pairs = users.stream().distinct().map(user -> new Pair(user, topic)).toList();
    return bounded(end(topic, durable).compose(end -> hint(pairs, true)
        .compose(hinted -> store.change(new Change(topic, users, true, end.epoch(), end.offset(), epochMs.getAsLong())))
        .compose(changed -> {
          if (changed.room() != Room.DONE) {
            throw changed.room() == Room.FULL ? Failure.of(ErrorReason.MEMBERS_FULL) : Failure.of(ErrorReason.TOO_MANY_MEMBERS).with("limit", ShardMembers.MEMBERS);
          }
          tell(topic, users, changed);
          return hint(pairs, false).map(changed);
        })));
  }

  /** Where a log ends now; (0, 0) where that is nowhere. */
  private Future<Position> end(String topic, boolean durable) {
    return durable ? log.read(new CursorRead(topic, NO_READER, 0, 0, epochMs.getAsLong())).map(MemberBook::endOf) : Future.succeededFuture(new Position(0, 0));
  }

  private static Position endOf(CursorSlice read) {
    boolean exists = read.slice().epoch() != 0;
    return exists ? new Position(read.slice().epoch(), read.slice().head()) : new Position(read.lineage() == 0 ? 0 : Epoch.ofNothing(read.lineage()), 0);
  }

  /** Makes users members of a topic no more. */
  public Future<Changed> remove(String topic, List<String> users) {
    List<Pair> pairs = users.stream().distinct().map(user -> new Pair(user, topic)).toList();
    return bounded(store.change(new Change(topic, users, false, 0, 0, epochMs.getAsLong())).compose(changed -> {
      tell(topic, users, changed);
      return takeBack(pairs).map(changed);
    }));
  }

  /** Takes hints back that are none, and gives those again that have become true meanwhile. */
  private Future<Void> takeBack(List<Pair> pairs) {
    return inShards(pairs, Pair::user, (shard, some) -> store.unhint(shard, some).map(done -> List.<Void>of()))
        .compose(done -> looked(pairs))
        .compose(words -> hint(pairs.stream().filter(pair -> isMember(words.get(pair))).toList(), false));
  }

  private static boolean isMember(Word word) {
    return word != null && word.member();
  }

  private void tell(String topic, List<String> users, Changed changed) {
    teller.accept(notice(topic, users, changed));
  }

  /** What counts now, as others are told. */
  static MembershipNotice notice(String topic, List<String> users, Changed changed) {
    List<String> told = users.stream().distinct().toList();
    List<MembershipNotice.Said> said = new ArrayList<>();
    for (int i = 0; i < told.size(); i++) {
      Word word = changed.words().get(i);
      said.add(new MembershipNotice.Said(told.get(i), word.member(), word.atMs(), word.sinceMs(), word.epoch(), word.offset()));
    }
    return new MembershipNotice(topic, said);
  }

  private Future<Void> hint(List<Pair> pairs, boolean makesRoom) {
    Map<Integer, List<Pair>> shards = pairs.stream().collect(Collectors.groupingBy(pair -> MemberStore.shardOf(pair.user())));
    return Future.join(shards.entrySet().stream().map(shard -> store.hint(shard.getKey(), shard.getValue()).compose(rooms -> hinted(shard.getValue(), rooms, makesRoom))).toList()).mapEmpty();
  }

  private Future<Void> hinted(List<Pair> pairs, List<Room> rooms, boolean makesRoom) {
    if (rooms.contains(Room.FULL)) {
      return Future.failedFuture(Failure.of(ErrorReason.MEMBERS_FULL));
    }
    List<String> full = IntStream.range(0, rooms.size()).filter(i -> rooms.get(i) == Room.TOO_MANY).mapToObj(i -> pairs.get(i).user()).distinct().toList();
    if (full.isEmpty()) {
      return Future.succeededFuture();
    }
    return makesRoom ? Future.join(full.stream().map(this::makeRoom).toList()).compose(done -> hint(pairs, false))
        : Future.failedFuture(Failure.of(ErrorReason.TOO_MANY_MEMBERSHIPS).with("userId", full.get(0)).with("limit", ShardMembers.TOPICS));
  }

  /** Hints that are not true, of somebody who was removed while his node died, say, must not count for ever. */
  private Future<Void> makeRoom(String user) {
    return topicsOf(List.of(user)).compose(found -> store.hinted(MemberStore.shardOf(user), List.of(user)).compose(hints -> {
      Map<String, Word> words = found.get(user);
      return takeBack(hints.get(0).stream().filter(topic -> !isMember(words.get(topic))).map(topic -> new Pair(user, topic)).toList());
    }));
  }

  /** The members of a topic. */
  public Future<Map<String, Word>> of(String topic) {
    return bounded(store.roster(topic));
  }

  /** How far users are in the log of a durable topic, as far as they have said. */
  public Future<Map<String, Mark>> marks(String topic) {
    return bounded(log.cursors(topic).map(cursors -> Marks.of(cursors, epochMs.getAsLong())));
  }

  /** What was said last of each user in each topic that he may be a member of. */
  public Future<Map<String, Map<String, Word>>> topicsOf(Collection<String> users) {
    Map<String, Map<String, Word>> found = new HashMap<>();
    users.forEach(user -> found.put(user, new HashMap<>()));
    return bounded(inShards(users, Function.identity(), (shard, some) -> store.hinted(shard, some).map(hints -> {
      List<Pair> pairs = new ArrayList<>();
      for (int i = 0; i < hints.size(); i++) {
        String user = some.get(i);
        hints.get(i).forEach(topic -> pairs.add(new Pair(user, topic)));
      }
      return pairs;
    })).compose(this::looked).map(words -> {
      words.forEach((pair, word) -> found.get(pair.user()).put(pair.topic(), word));
      return found;
    }));
  }

  /** Has it measured what a shard of the store takes; nobody waits for that. */
  void measure(int shard) {
    store.bytes(shard);
  }

  private Future<Map<Pair, Word>> looked(Collection<Pair> pairs) {
    Map<Pair, Word> found = new HashMap<>();
    return inShards(pairs, Pair::topic, (shard, some) -> store.look(shard, some).map(words -> {
      for (int i = 0; i < some.size(); i++) {
        if (words.get(i) != null) {
          found.put(some.get(i), words.get(i));
        }
      }
      return List.<Void>of();
    })).map(found);
  }

  private interface OfShard<T, R> {
    Future<List<R>> ask(int shard, List<T> some);
  }

  /** Asks all shards that are concerned at once, each for so many at the most. */
  private static <T, R> Future<List<R>> inShards(Collection<T> items, Function<T, String> name, OfShard<T, R> question) {
    List<Future<List<R>>> asked = new ArrayList<>();
    items.stream().collect(Collectors.groupingBy(item -> MemberStore.shardOf(name.apply(item)))).forEach((shard, all) -> {
      for (int from = 0; from < all.size(); from += PAIRS) {
        asked.add(question.ask(shard, all.subList(from, Math.min(all.size(), from + PAIRS))));
      }
    });
    return Future.join(asked).map(done -> asked.stream().flatMap(one -> one.result().stream()).toList());
  }

  private static <T> Future<T> bounded(Future<T> result) {
    Promise<T> answer = CallerPromise.create();
    result.onComplete(answer);
    return answer.future().timeout(DEADLINE_MS, TimeUnit.MILLISECONDS)
        .recover(thrown -> Future.failedFuture(thrown instanceof Failure ? thrown : Failure.of(ErrorReason.STORE_UNAVAILABLE).retryAfter(RETRY_MS)));
  }
}
