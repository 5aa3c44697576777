package io.vestibule.admission.store;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vestibule.admission.store.StoredWrite.Kind;
import io.vestibule.cluster.store.RedisLink;
import io.vestibule.cluster.store.RedisScript;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** One reign over one queue in Redis: its scripts, one after the other. */
final class RedisQueue {
  private static final RedisScript OPEN = RedisScript.of(RedisQueue.class, "fence.lua", "open.lua");
  private static final RedisScript COMMIT = RedisScript.of(RedisQueue.class, "fence.lua", "commit.lua");
  private static final RedisScript SWAP = RedisScript.of(RedisQueue.class, "fence.lua", "swap.lua");

  /** A run holds Redis up for everybody; so it is short. */
  private static final int SLOTS_OF_A_RUN = 200;
  private static final int WRITES_OF_A_RUN = 500;
  private static final int BYTES_OF_A_RUN = 256 << 10;
  private static final int SCAN_COUNT = 200;

  private final RedisLink link;
  private final RedisKeys keys;
  private final String queue;
  private final long incarnation;
  private final long term;
  private final String owner;
  private final AtomicLong numbers;
  private volatile long answered;

  RedisQueue(RedisLink link, RedisKeys keys, String queue, long incarnation, long term, String owner, AtomicLong numbers) {
    this.link = link;
    this.keys = keys;
    this.queue = queue;
    this.incarnation = incarnation;
    this.term = term;
    this.owner = owner;
    this.numbers = numbers;
  }

  long term() {
    return term;
  }

  Future<Void> open() {
    return run(OPEN, List.of(keys.fence(queue)), List.of()).mapEmpty();
  }

  /** Fails if what is there is not what was written last. */
  Future<Void> look() {
    return run(COMMIT, List.of(keys.fence(queue), keys.places(queue), keys.slots(queue)), List.of()).mapEmpty();
  }

  /** Writes in runs, each after the one before. */
  Future<List<StoredWrite>> commit(List<StoredWrite> writes) {
    return commit(List.of(keys.fence(queue), keys.places(queue), keys.slots(queue)), writes, 0, new ArrayList<>());
  }

  /**
   * Puts a whole queue in the place of what there is: aside first, so that what there is stays until it is complete.
   *
   * @param writes the queue, as writes into an empty one
   */
  Future<Void> replace(List<StoredWrite> writes) {
    List<String> beside = List.of(keys.fence(queue), keys.placesBeside(queue), keys.slotsBeside(queue));
    List<StoredWrite> all = new ArrayList<>(writes.size() + 1);
    all.add(StoredWrite.of(Kind.CLEAR));
    all.addAll(writes);
    return commit(beside, all, 0, new ArrayList<>())
        .compose(written -> run(SWAP, List.of(keys.fence(queue), keys.places(queue), keys.slots(queue), keys.placesBeside(queue), keys.slotsBeside(queue)),
            List.of()))
        .mapEmpty();
  }

  /** Everything, as writes into an empty queue. */
  Future<List<StoredWrite>> read() {
    List<StoredWrite> content = new ArrayList<>();
    return link.send(Request.cmd(Command.HGET).arg(keys.fence(queue)).arg("record"))
        .compose(record -> {
          if (record != null) {
            content.add(new StoredWrite(Kind.PUT_QUEUE, null, record.toBytes()));
          }
          return scan(keys.slots(queue), "0", Kind.TAKE_SLOT, content);
        })
        .compose(slots -> scan(keys.places(queue), "0", Kind.PUT_PLACE, content))
        .map(places -> content);
  }

  private Future<Void> scan(String key, String cursor, Kind kind, List<StoredWrite> content) {
    return link.send(Request.cmd(Command.HSCAN).arg(key).arg(cursor).arg("COUNT").arg(SCAN_COUNT)).compose(page -> {
      Response fields = page.get(1);
      for (int i = 0; i + 1 < fields.size(); i += 2) {
        content.add(new StoredWrite(kind, fields.get(i).toString(), fields.get(i + 1).toBytes()));
      }
      String next = page.get(0).toString();
      return next.equals("0") ? Future.succeededFuture() : scan(key, next, kind, content);
    });
  }

  private Future<List<StoredWrite>> commit(List<String> where, List<StoredWrite> writes, int from, List<StoredWrite> refused) {
    if (from >= writes.size()) {
      return Future.succeededFuture(refused);
    }
    int slots = 0;
    int bytes = 0;
    int to = from;
    List<Buffer> arguments = new ArrayList<>();
    while (to < writes.size() && slots < SLOTS_OF_A_RUN && to - from < WRITES_OF_A_RUN && bytes < BYTES_OF_A_RUN) {
      StoredWrite write = writes.get(to++);
      arguments.add(Buffer.buffer(write.kind().name()));
      arguments.add(Buffer.buffer(write.key() == null ? "" : write.key()));
      arguments.add(write.value() == null ? Buffer.buffer() : Buffer.buffer(write.value()));
      slots += write.kind() == Kind.TAKE_SLOT || write.kind() == Kind.FREE_SLOT ? 1 : 0;
      bytes += write.size();
    }
    int next = to;
    return run(COMMIT, where, arguments).compose(answer -> {
      Response held = answer.get(1);
      for (int i = 0; i + 1 < held.size(); i += 2) {
        refused.add(new StoredWrite(Kind.TAKE_SLOT, held.get(i).toString(), held.get(i + 1).toBytes()));
      }
      return commit(where, writes, next, refused);
    });
  }

  private Future<Response> run(RedisScript script, List<String> where, List<Buffer> more) {
    long number = numbers.incrementAndGet();
    List<Buffer> arguments = new ArrayList<>(5 + more.size());
    arguments.add(Buffer.buffer(Long.toString(incarnation)));
    arguments.add(Buffer.buffer(Long.toString(term)));
    arguments.add(Buffer.buffer(owner));
    arguments.add(Buffer.buffer(Long.toString(number)));
    arguments.add(Buffer.buffer(Long.toString(answered)));
    arguments.addAll(more);
    return script.run(link, where, arguments).compose(answer -> {
      String how = answer.get(0).toString();
      return switch (how) {
        case "done" -> {
          answered = number;
          yield Future.succeededFuture(answer);
        }
        case "fenced" -> {
          long life = answer.get(2).toLong();
          yield Future.failedFuture(life > 0 ? FencedException.ofEarlierLife(queue, incarnation, life) : new FencedException(queue, term, answer.get(1).toLong()));
        }
        case "lost" -> Future.failedFuture(new JournalLostException(queue, term));
        default -> Future.failedFuture(new IllegalStateException("a later call for the queue " + queue + " came first"));
      };
    });
  }
}
