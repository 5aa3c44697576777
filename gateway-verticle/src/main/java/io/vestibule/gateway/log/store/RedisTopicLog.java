package io.vestibule.gateway.log.store;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vestibule.cluster.store.CallerContext;
import io.vestibule.cluster.store.RedisLink;
import io.vestibule.cluster.store.RedisScript;
import io.vestibule.gateway.log.DurableTopics;
import io.vestibule.gateway.log.core.Append;
import io.vestibule.gateway.log.core.Appended;
import io.vestibule.gateway.log.core.Cursor;
import io.vestibule.gateway.log.core.CursorMove;
import io.vestibule.gateway.log.core.CursorRead;
import io.vestibule.gateway.log.core.CursorSlice;
import io.vestibule.gateway.log.core.Lineage;
import io.vestibule.gateway.log.core.LogBounds;
import io.vestibule.gateway.log.core.LogImage;
import io.vestibule.gateway.log.core.Message;
import io.vestibule.gateway.log.core.Moved;
import io.vestibule.gateway.log.core.OvertakenException;
import io.vestibule.gateway.log.core.ReadRequest;
import io.vestibule.gateway.log.core.ShardPlace;
import io.vestibule.gateway.log.core.Slice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Topic logs in Redis 6.2 or later: each log is a stream whose ids are its offsets, beside what names its messages; a call is one run of a script. A shard's keys have one hash tag. Redis bounds the whole
 * by its own {@code maxmemory}, which must not evict.
 */
public final class RedisTopicLog implements TopicLog {
  private static final RedisScript APPEND = RedisScript.of(RedisTopicLog.class, "epoch.lua", "append.lua");
  private static final RedisScript READ = RedisScript.of(RedisTopicLog.class, "read.lua");
  private static final RedisScript MOVED = RedisScript.of(RedisTopicLog.class, "moved.lua");
  private static final RedisScript ANEW = RedisScript.of(RedisTopicLog.class, "epoch.lua", "anew.lua");
  private static final RedisScript BROUGHT = RedisScript.of(RedisTopicLog.class, "brought.lua");
  private static final RedisScript MOVE = RedisScript.of(RedisTopicLog.class, "move.lua");
  private static final RedisScript RENEW = RedisScript.of(RedisTopicLog.class, "epoch.lua", "renew.lua");

  /** How long the epoch and offset of a log are remembered that has no messages any more. */
  private static final Duration IDLE = Duration.ofDays(30);

  /** Shards that were brought from elsewhere and may be met again: one for each time that Redis was lost while a half of the cluster was away. */
  private static final int BROUGHT_MOST = 16;

  private final Vertx vertx;
  private final RedisLink link;
  private final Replicas replicas;
  private final LogKeys keys;
  private final long logBytes;
  private final Duration deadline;
  private volatile LongSupplier term;
  private volatile Condition condition = new Condition("ok", "redis", "in redis");

  /**
   * What has to have an append, besides the server that is spoken to, before it counts.
   *
   * @param count replicas; 0 for none
   * @param patience that the server has with them
   * @param link of its own for appends, which are waited for one after the other
   */
  public record Replicas(int count, Duration patience, RedisLink link) {}

  /** Logs in a Redis without replicas that matter. */
  public RedisTopicLog(Vertx vertx, RedisLink link, String cluster, long memory, Duration deadline) {
    this(vertx, link, new Replicas(0, Duration.ZERO, link), cluster, memory, deadline);
  }

  /**
   * Logs in Redis; connects when it is first asked.
   *
   * @param replicas that have to confirm an append
   * @param cluster the keys carry this name
   * @param memory bytes of all logs together; one log takes no more than the share of a shard
   * @param deadline of each call
   */
  public RedisTopicLog(Vertx vertx, RedisLink link, Replicas replicas, String cluster, long memory, Duration deadline) {
    this.vertx = vertx;
    this.link = link;
    this.replicas = replicas;
    this.keys = new LogKeys(cluster);
    this.logBytes = memory / SHARDS;
    this.deadline = deadline;
  }

  @Override
  public Future<Appended> append(Append append) {
    LogBounds bounds = append.bounds();
    List<Buffer> arguments = new ArrayList<>(texts(append.topic(), append.writer(), append.number(), append.nowMs(), append.epoch(), newLineage(),
        bounds.messages(), bounds.ageMs(), bytes(bounds), IDLE.toMillis(), keys.prefix(append.topic()),
        term == null ? "" : term.getAsLong(), "", "", text(append.known())));
    for (int i = 0; i < append.messages().size(); i++) {
      Append.Draft draft = append.messages().get(i);
      message(arguments, draft.key(), append.origin(i), draft.payload());
    }
    return bring(confirmed(keys.all(append.topic()), arguments).map(answer -> {
      if (answer.get(0).toString().equals("overtaken")) {
        throw new OvertakenException(append);
      }
      return appended(unfenced(answer).get(1).toString());
    }));
  }

  private long bytes(LogBounds bounds) {
    return bounds.bytes() == 0 ? logBytes : Math.min(bounds.bytes(), logBytes);
  }

  private static void message(List<Buffer> arguments, String key, long origin, byte[] payload) {
    arguments.add(Buffer.buffer(key == null ? "" : "=" + key));
    arguments.add(Buffer.buffer(Long.toString(origin)));
    arguments.add(Buffer.buffer(payload));
  }

  private static Response unfenced(Response answer) {
    if (answer.get(0).toString().equals("fenced")) {
      throw new StoreLeftException(answer.get(1).toLong());
    }
    return answer;
  }

  /** From now on appends carry the term that they belong to, and Redis refuses those of a term that is over. */
  void fence(LongSupplier current) {
    term = current;
  }

  /** Sees whether Redis takes what is written. */
  Future<Void> probe() {
    return bring(link.send(Request.cmd(Command.SET).arg(keys.probe()).arg("1").arg("PX").arg(60_000))).mapEmpty();
  }

  /**
   * What becomes of a shard that missed what was kept elsewhere.
   *
   * @param term in which it gets that
   * @param keptIn the term in which it was kept
   * @param lineage one that says that what is in it may be known already
   * @param epoch that its first log goes on in, should all have to
   * @param certain whether it is known which logs got more elsewhere; else all have to
   * @param source lineage of the shard that has it elsewhere, if it cannot have got more since it was {@link #brought}; else 0
   * @param known how far it is known to have been: if it is not, it was restored from the past, and all have to
   */
  record Anew(long term, long keptIn, long lineage, long epoch, boolean certain, long source, ShardPlace known) {}

  /**
   * A shard that missed what was kept elsewhere takes nothing of an earlier term from now on. It may be called again, in the same term.
   *
   * @return whether there is anything to bring
   */
  Future<Boolean> anew(int shard, Anew anew) {
    return CallerContext.bring(vertx, deadline, ANEW.run(link, List.of(keys.shard(shard), keys.moved(shard)),
        texts(anew.term, anew.lineage, keys.prefix(shard), anew.epoch, anew.certain ? 1 : 0, anew.keptIn, anew.source == 0 ? "" : anew.source, text(anew.known)))
        .map(answer -> !unfenced(answer).get(0).toString().equals("brought")));
  }

  /** Everything that was kept elsewhere in a shard of this lineage is here. */
  Future<Void> brought(int shard, long itsTerm, long source) {
    return CallerContext.bring(vertx, deadline, BROUGHT.run(link, List.of(keys.shard(shard)), texts(itsTerm, source, BROUGHT_MOST)).map(RedisTopicLog::unfenced)).mapEmpty();
  }

  /**
   * Puts messages that were kept elsewhere at the end of a log, which goes on in another epoch. Done once for each writer and number.
   *
   * @param log where they were kept: the bounds, and the writers whose appends are not to be done again
   */
  Future<Void> graft(LogImage log, long writer, long number, long itsTerm, long epoch, List<Message> messages) {
    String spent = log.writers().stream().map(one -> one.id() + " " + one.number()).collect(Collectors.joining(" "));
    long atMs = messages.isEmpty() ? 0 : messages.get(messages.size() - 1).atMs();
    LogBounds bounds = log.bounds();
    List<Buffer> arguments = new ArrayList<>(texts(log.topic(), writer, number, atMs, epoch, newLineage(), bounds.messages(), bounds.ageMs(), bytes(bounds), IDLE.toMillis(), keys.prefix(log.topic()),
        itsTerm, epoch, spent, ""));
    messages.forEach(message -> message(arguments, message.key(), message.origin(), message.payload()));
    return CallerContext.bring(vertx, deadline, confirmed(keys.all(log.topic()), arguments).map(RedisTopicLog::unfenced)).mapEmpty();
  }

  /** The server counts everything up to the command before WAIT, also where that was a repetition that wrote nothing. */
  private Future<Response> confirmed(List<String> touched, List<Buffer> arguments) {
    if (replicas.count == 0) {
      return APPEND.run(link, touched, arguments);
    }
    Request wait = Request.cmd(Command.WAIT).arg(replicas.count).arg(replicas.patience.toMillis());
    return APPEND.run(replicas.link, touched, arguments, wait).map(answers -> {
      if (answers.get(1).toInteger() < replicas.count) {
        throw new UnconfirmedException(answers.get(1).toInteger(), replicas.count);
      }
      return answers.get(0);
    });
  }

  private static Appended appended(String answer) {
    String[] parts = answer.split(" ");
    long[] offsets = Arrays.stream(parts[4].split(",")).mapToLong(Long::parseLong).toArray();
    return new Appended(Long.parseLong(parts[0]), Long.parseLong(parts[1]), Long.parseLong(parts[2]), Long.parseLong(parts[3]), offsets);
  }

  @Override
  public Future<Slice> read(ReadRequest request) {
    return bring(READ.run(link, keys.ofReading(request.topic()),
        texts(request.from(), request.point(), request.messages(), request.bytes(), request.nowMs())).map(RedisTopicLog::slice));
  }

  @Override
  public Future<CursorSlice> read(CursorRead request) {
    return bring(READ.run(link, keys.ofReading(request.topic()),
        texts("AFTER_CURSOR", 0, request.messages(), request.bytes(), request.nowMs(), request.name(), Cursor.KEPT_MS)).map(answer -> {
          Response cursor = answer.get(6);
          return new CursorSlice(cursor.size() == 0 ? null : new Cursor(cursor.get(0).toString(), cursor.get(1).toLong(), cursor.get(2).toLong(), cursor.get(3).toLong()),
              Long.parseLong(answer.get(5).toString()), slice(answer));
        }));
  }

  @Override
  public Future<List<Cursor>> cursors(String topic) {
    return bring(link.send(Request.cmd(Command.HGETALL).arg(keys.cursors(topic))).map(answer -> answer.getKeys().stream().map(name -> {
      String[] parts = answer.get(name).toString().split(" ");
      return new Cursor(name, Long.parseLong(parts[0]), Long.parseLong(parts[1]), Long.parseLong(parts[2]));
    }).toList()));
  }

  private static Slice slice(Response answer) {
    List<Message> messages = new ArrayList<>();
    answer.get(4).forEach(entry -> messages.add(message(entry)));
    return new Slice(answer.get(0).toLong(), answer.get(7).toLong(), answer.get(1).toLong(), answer.get(2).toLong(), messages, answer.get(3).toLong() == 1);
  }

  @Override
  public Future<long[]> move(int shard, List<CursorMove> moves, long nowMs) {
    List<String> touched = new ArrayList<>(List.of(keys.shard(shard)));
    List<Buffer> arguments = new ArrayList<>(texts(nowMs, Cursor.KEPT_MS));
    for (CursorMove move : moves) {
      touched.add(keys.log(move.topic()));
      touched.add(keys.cursors(move.topic()));
      arguments.addAll(texts(move.name(), move.epoch(), move.offset(), Cursor.most(move.name())));
    }
    return bring(MOVE.run(link, touched, arguments).map(answer -> answer.stream().mapToLong(Response::toLong).toArray()));
  }

  private static Message message(Response entry) {
    String key = entry.get(4).toString();
    return new Message(entry.get(0).toLong(), entry.get(1).toLong(), entry.get(2).toLong(), Long.parseLong(entry.get(3).toString()), key.isEmpty() ? null : key.substring(1), entry.get(5).toBytes());
  }

  @Override
  public Future<Moved> moved(int shard, long lineage, long since, int most) {
    return moved(shard, texts(lineage, since, most, keys.prefix(shard), newLineage(), ""));
  }

  @Override
  public Future<Moved> movedSince(int shard, long sinceMs, int most) {
    return moved(shard, texts(0, 0, most, keys.prefix(shard), newLineage(), sinceMs));
  }

  private Future<Moved> moved(int shard, List<Buffer> arguments) {
    return bring(MOVED.run(link, List.of(keys.shard(shard), keys.moved(shard)), arguments).map(answer -> {
      List<Moved.Head> heads = new ArrayList<>();
      answer.get(2).forEach(head -> heads.add(new Moved.Head(head.get(0).toString(), head.get(1).toLong(), head.get(2).toLong(), head.get(3).toLong(), head.get(4).toLong())));
      return new Moved(Long.parseLong(answer.get(0).toString()), answer.get(1).toLong(), heads, 0, 0);
    }));
  }

  @Override
  public Future<Boolean> renew(String topic, long epoch, long offset, ShardPlace known) {
    return bring(RENEW.run(link, keys.all(topic), texts(topic, epoch, offset, DurableTopics.renewedEpoch(), keys.prefix(topic), text(known))).map(done -> done.toLong() == 1));
  }

  @Override
  public Condition condition() {
    return condition;
  }

  @Override
  public Future<Void> close() {
    return Future.join(link.close(), replicas.link.close()).mapEmpty();
  }

  private static long newLineage() {
    return Lineage.ofNew(ThreadLocalRandom.current().nextLong());
  }

  private static List<Buffer> texts(Object... values) {
    return Arrays.stream(values).map(value -> Buffer.buffer(value.toString())).toList();
  }

  private static String text(ShardPlace known) {
    return known.lineages().stream().map(place -> place.lineage() + " " + place.version()).collect(Collectors.joining(" "));
  }

  private <T> Future<T> bring(Future<T> result) {
    return CallerContext.bring(vertx, deadline, result).onComplete(done -> {
      boolean reached = done.succeeded() || done.cause() instanceof OvertakenException;
      condition = new Condition(reached ? "ok" : "down", "redis", reached ? "in redis" : WatchedTopicLog.reason(done.cause()));
    });
  }
}
