package io.vestibule.admission.store;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vestibule.admission.core.QueueEffect;
import io.vestibule.admission.core.QueueEvent;
import io.vestibule.cluster.store.CallerContext;
import io.vestibule.cluster.store.RedisLink;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Queues in Redis 6.2 or later. Each run of a script checks the fence and writes in one step; a commit is one run, or some that follow each other if it is large. The fence is (incarnation, term):
 * terms begin anew when the whole cluster was stopped, and Redis remembers the old ones; so each life of the cluster has a number that Redis counted up.
 */
final class RedisAdmissionStore implements AdmissionStore {
  /** Reading or writing a whole queue takes many commands, each with its deadline. */
  private static final Duration WHOLE_QUEUE = Duration.ofMinutes(2);

  private final Vertx vertx;
  private final RedisLink link;
  private final RedisKeys keys;
  private final RedisCounter incarnations;
  private final Supplier<Future<Long>> incarnation;
  private final Duration deadline;
  private final String owner = Long.toHexString(ThreadLocalRandom.current().nextLong());
  private final AtomicLong numbers = new AtomicLong();
  private final Map<String, RedisQueue> reigns = new ConcurrentHashMap<>();
  private volatile Condition condition = new Condition("ok", "redis", "");

  /**
   * A store that connects when it is first asked.
   *
   * @param cluster its keys carry this name
   * @param incarnation the number of this life of the cluster
   * @param deadline of each command and each commit
   */
  RedisAdmissionStore(Vertx vertx, RedisLink link, String cluster, Supplier<Future<Long>> incarnation, Duration deadline) {
    this.vertx = vertx;
    this.link = link;
    this.keys = new RedisKeys(cluster);
    this.incarnations = new RedisCounter(link, keys);
    this.incarnation = incarnation;
    this.deadline = deadline;
  }

  @Override
  public Future<Image> open(String queue, long term) {
    return bring(openFenced(queue, term).compose(RedisQueue::read).map(content -> new ImageBuilder(queue).add(content).build()), WHOLE_QUEUE);
  }

  @Override
  public Future<List<QueueEvent.SlotHeld>> commit(String queue, long term, List<QueueEffect.Write> writes) {
    return commitStored(queue, term, StoredWrite.of(writes));
  }

  Future<List<QueueEvent.SlotHeld>> commitStored(String queue, long term, List<StoredWrite> writes) {
    RedisQueue reign = reigns.get(queue);
    if (reign == null || reign.term() != term) {
      return bring(Future.failedFuture(new FencedException(queue, term, reign == null ? 0 : reign.term())), deadline);
    }
    return bring(reign.commit(writes).map(refused -> refused.stream()
        .map(held -> new QueueEvent.SlotHeld(held.slot(), ImageBuilder.holder(held.value()))).toList()), deadline);
  }

  /** Fails as a commit would that has nothing to write. */
  Future<Void> look(String queue, long term) {
    RedisQueue reign = reigns.get(queue);
    return bring(reign == null || reign.term() != term ? Future.failedFuture(new FencedException(queue, term, reign == null ? 0 : reign.term())) : reign.look(), deadline);
  }

  /** Opens a queue and puts this in the place of what is there. */
  Future<Void> replace(String queue, long term, List<StoredWrite> content) {
    return bring(openFenced(queue, term).compose(reign -> reign.replace(content)), WHOLE_QUEUE);
  }

  /** Whether Redis answers. */
  Future<Void> probe() {
    return bring(link.send(Request.cmd(Command.PING)).mapEmpty(), deadline);
  }

  @Override
  public Condition condition() {
    return condition;
  }

  @Override
  public Future<Void> close() {
    return link.close();
  }

  private Future<RedisQueue> openFenced(String queue, long term) {
    return incarnation.get().compose(life -> incarnations.raise(life)
        .compose(raised -> {
          RedisQueue reign = new RedisQueue(link, keys, queue, life, term, owner, numbers);
          return reign.open().map(opened -> {
            reigns.put(queue, reign);
            return reign;
          });
        }));
  }

  private <T> Future<T> bring(Future<T> result, Duration limit) {
    return CallerContext.bring(vertx, limit, result).onComplete(done -> {
      boolean reached = done.succeeded() || done.cause() instanceof FencedException;
      condition = new Condition(reached ? "ok" : "down", "redis", reached ? "" : String.valueOf(done.cause().getMessage()));
    });
  }
}
