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
import io.vestibule.gateway.log.core.Lineage;
import io.vestibule.gateway.log.core.LogBounds;
import io.vestibule.gateway.log.core.Message;
import io.vestibule.gateway.log.core.Moved;
import io.vestibule.gateway.log.core.OvertakenException;
import io.vestibule.gateway.log.core.ReadRequest;
import io.vestibule.gateway.log.core.Slice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Topic logs in Redis 6.2 or later: each log is a stream whose ids are its offsets, beside what names its messages; a call is one run of a script. A shard's keys have one hash tag. Redis bounds the whole
 * by its own {@code maxmemory}, which must not evict.
 */
public final class RedisTopicLog implements TopicLog {
  private static final RedisScript APPEND = RedisScript.of(RedisTopicLog.class, "append.lua");
  private static final RedisScript READ = RedisScript.of(RedisTopicLog.class, "read.lua");
  private static final RedisScript MOVED = RedisScript.of(RedisTopicLog.class, "moved.lua");
  private static final RedisScript RENEW = RedisScript.of(RedisTopicLog.class, "renew.lua");

  /** How long the epoch and offset of a log are remembered that has no messages any more. */
  private static final Duration IDLE = Duration.ofDays(30);

  private final Vertx vertx;
  private final RedisLink link;
  private final Replicas replicas;
  private final LogKeys keys;
  private final long logBytes;
  private final Duration deadline;
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
        bounds.messages(), bounds.ageMs(), bounds.bytes() == 0 ? logBytes : Math.min(bounds.bytes(), logBytes), IDLE.toMillis(), keys.prefix(append.topic())));
    for (int i = 0; i < append.messages().size(); i++) {
      Append.Draft draft = append.messages().get(i);
      arguments.add(Buffer.buffer(draft.key() == null ? "" : "=" + draft.key()));
      arguments.add(Buffer.buffer(Long.toString(append.origin(i))));
      arguments.add(Buffer.buffer(draft.payload()));
    }
    return bring(confirmed(keys.all(append.topic()), arguments).map(answer -> {
      if (answer.get(0).toString().equals("overtaken")) {
        throw new OvertakenException(append);
      }
      return appended(answer.get(1).toString());
    }));
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
    return bring(READ.run(link, List.of(keys.messages(request.topic()), keys.log(request.topic())),
        texts(request.from(), request.point(), request.messages(), request.bytes(), request.nowMs())).map(answer -> {
          List<Message> messages = new ArrayList<>();
          answer.get(4).forEach(entry -> messages.add(message(entry)));
          return new Slice(answer.get(0).toLong(), answer.get(1).toLong(), answer.get(2).toLong(), messages, answer.get(3).toLong() == 1);
        }));
  }

  private static Message message(Response entry) {
    String key = entry.get(4).toString();
    return new Message(entry.get(0).toLong(), entry.get(1).toLong(), entry.get(2).toLong(), Long.parseLong(entry.get(3).toString()), key.isEmpty() ? null : key.substring(1), entry.get(5).toBytes());
  }

  @Override
  public Future<Moved> moved(int shard, long lineage, long since, int most) {
    return bring(MOVED.run(link, List.of(keys.shard(shard), keys.moved(shard)), texts(lineage, since, most, keys.prefix(shard))).map(answer -> {
      List<Moved.Head> heads = new ArrayList<>();
      answer.get(2).forEach(head -> heads.add(new Moved.Head(head.get(0).toString(), head.get(1).toLong(), head.get(2).toLong(), head.get(3).toLong())));
      return new Moved(Long.parseLong(answer.get(0).toString()), answer.get(1).toLong(), heads, 0, 0);
    }));
  }

  @Override
  public Future<Boolean> renew(String topic, long epoch, long offset) {
    return bring(RENEW.run(link, keys.all(topic), texts(topic, epoch, offset, DurableTopics.newEpoch())).map(done -> done.toLong() == 1));
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

  private <T> Future<T> bring(Future<T> result) {
    return CallerContext.bring(vertx, deadline, result).onComplete(done -> {
      boolean reached = done.succeeded() || done.cause() instanceof OvertakenException;
      condition = new Condition(reached ? "ok" : "down", "redis", reached ? "in redis" : WatchedTopicLog.reason(done.cause()));
    });
  }
}
