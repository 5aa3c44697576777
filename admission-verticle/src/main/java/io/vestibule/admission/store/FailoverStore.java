package io.vestibule.admission.store;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vestibule.admission.core.QueueEffect;
import io.vestibule.admission.core.QueueEvent;
import io.vestibule.admission.store.StoredWrite.Kind;
import io.vestibule.cluster.store.CallerContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Queues in Redis, with the cluster's memory before it. Every commit goes to the embedded journal first, which decides, and then to Redis; so whoever takes over finds everything in the journal,
 * whether Redis is there or not, and nothing has to be agreed upon when it goes or comes: each queue falls behind and catches up by itself.
 *
 * <p>Redis is read when the journal has not the whole queue: the cluster begins anew, or lost more nodes at once than it has backups. While that is so and Redis is away, the queue cannot be
 * opened; to begin empty would give away what people hold.
 */
final class FailoverStore implements AdmissionStore {
  private static final long PROBE_MILLIS = 1000;
  private static final int WRITES_AT_ONCE = 1000;

  /** A queue that nobody wrote to for so many probes is looked at. */
  private static final int LOOK_PROBES = 5;

  /** Whoever leads a queue tries to open it again and again, pauses of a second between; who has not tried for so long does not lead it any more. */
  private static final long GIVEN_UP_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final Vertx vertx;
  private final HazelcastAdmissionStore journal;
  private final RedisAdmissionStore redis;
  private final Duration deadline;
  private final BooleanSupplier minority;
  private final Map<String, Mirror> mirrors = new ConcurrentHashMap<>();
  /** Queues that could not be read, with the moment at which that was tried last, by {@link System#nanoTime}. */
  private final Map<String, Long> unopened = new ConcurrentHashMap<>();
  private final long timer;
  private boolean catchingUp;
  private long probes;

  /**
   * Two stores as one; closes both.
   *
   * @param deadline of a commit, both stores together
   * @param minority whether this node sees too few of its cluster: then what is in Redis is the majority's to write
   */
  FailoverStore(Vertx vertx, HazelcastAdmissionStore journal, RedisAdmissionStore redis, Duration deadline, BooleanSupplier minority) {
    this.vertx = vertx;
    this.journal = journal;
    this.redis = redis;
    this.deadline = deadline;
    this.minority = minority;
    this.timer = vertx.setPeriodic(PROBE_MILLIS, tick -> probe());
  }

  @Override
  public Future<Image> open(String queue, long term) {
    return journal.openJournal(queue, term).compose(opened -> {
      if (opened.whole()) {
        unopened.remove(queue);
        mirrors.put(queue, new Mirror(journal, redis, queue, term, false));
        catchUp();
        return Future.succeededFuture(opened.image());
      }
      return load(queue, term);
    });
  }

  /** Takes the queue from Redis; the journal has the whole only when its last piece is in all parts. Until then nothing else is stored, so it does not matter where Redis is read once more. */
  private Future<Image> load(String queue, long term) {
    return redis.open(queue, term)
        .compose(image -> fill(queue, term, writesOf(image), 0).compose(filled -> journal.settled(queue, term)).map(settled -> {
          unopened.remove(queue);
          mirrors.put(queue, new Mirror(journal, redis, queue, term, true));
          return image;
        }))
        .onFailure(thrown -> {
          if (thrown instanceof FencedException) {
            // Somebody else leads the queue, and it is for that one to say how it stands.
            unopened.remove(queue);
          } else {
            unopened.put(queue, System.nanoTime());
          }
        });
  }

  private Future<Void> fill(String queue, long term, List<StoredWrite> writes, int from) {
    if (from >= writes.size()) {
      return Future.succeededFuture();
    }
    int to = Math.min(writes.size(), from + WRITES_AT_ONCE);
    return journal.commitStored(queue, term, writes.subList(from, to)).compose(done -> fill(queue, term, writes, to));
  }

  private static List<StoredWrite> writesOf(Image image) {
    List<StoredWrite> writes = new ArrayList<>();
    writes.add(StoredWrite.of(Kind.CLEAR));
    image.places().forEach(place -> writes.add(StoredWrite.of(new QueueEffect.PutPlace(place))));
    image.slots().forEach((slot, holder) -> writes.add(StoredWrite.of(new QueueEffect.TakeSlot(slot, holder))));
    writes.add(StoredWrite.of(new QueueEffect.PutQueue(image.queue())));
    writes.add(StoredWrite.of(Kind.COMPLETE));
    return writes;
  }

  @Override
  public Future<List<QueueEvent.SlotHeld>> commit(String queue, long term, List<QueueEffect.Write> writes) {
    Mirror mirror = mirrors.get(queue);
    Future<List<QueueEvent.SlotHeld>> stored = mirror == null || mirror.term() != term
        ? Future.failedFuture(new FencedException(queue, term, mirror == null ? 0 : mirror.term()))
        : mirror.commit(StoredWrite.of(writes)).onFailure(thrown -> {
          if (thrown instanceof FencedException) {
            mirrors.remove(queue, mirror);
          }
        });
    return CallerContext.bring(vertx, deadline, stored);
  }

  @Override
  public Condition condition() {
    if (!unopened.isEmpty()) {
      return new Condition("down", "memory", "redis cannot be reached, and " + queuesAre(unopened.size()) + " known to it alone");
    }
    long behind = mirrors.values().stream().filter(mirror -> !mirror.isInStep()).count();
    return behind == 0
        ? new Condition("ok", "redis", "in redis and in the memory of the cluster")
        : new Condition("degraded", "memory", queuesAre(behind) + " only in the memory of the cluster; " + redis.condition().detail());
  }

  private static String queuesAre(long count) {
    return count == 1 ? "1 queue is" : count + " queues are";
  }

  @Override
  public Future<Void> close() {
    vertx.cancelTimer(timer);
    return Future.join(journal.close(), redis.close()).mapEmpty();
  }

  private void probe() {
    if (++probes % LOOK_PROBES == 0 && !minority.getAsBoolean()) {
      mirrors.values().forEach(Mirror::look);
    }
    catchUp();
  }

  /** One queue after the other, if Redis answers at all. */
  private void catchUp() {
    long now = System.nanoTime();
    unopened.values().removeIf(tried -> now - tried > GIVEN_UP_NANOS);
    List<Mirror> behind = mirrors.values().stream().filter(Mirror::isBehind).toList();
    synchronized (this) {
      if (catchingUp || behind.isEmpty() || minority.getAsBoolean()) {
        return;
      }
      catchingUp = true;
    }
    redis.probe().compose(there -> catchUp(behind, 0)).onComplete(done -> {
      synchronized (this) {
        catchingUp = false;
      }
    });
  }

  private Future<Void> catchUp(List<Mirror> behind, int next) {
    return next >= behind.size() ? Future.succeededFuture() : behind.get(next).catchUp().compose(done -> catchUp(behind, next + 1));
  }
}
