package io.vestibule.admission.store;

import com.hazelcast.core.HazelcastInstance;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vestibule.admission.core.QueueEffect;
import io.vestibule.admission.core.QueueEvent;
import io.vestibule.admission.store.StoredWrite.Kind;
import io.vestibule.cluster.store.CallerContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * Queues in the cluster's own memory, each entry with one backup that is waited for.
 *
 * <p>A queue is a head and {@value JournalCalls#PARTS} parts. A commit is one call to the head, which checks the fence, decides about the slots and puts the writes of places aside; it is
 * all or nothing, and stored when the head and its backup have it. The parts get their places afterwards, by {@link PartWriter}. So two coordinators can neither over-admit nor write past each
 * other: whatever the older one sends, however late, meets the fence in the same step that would have written it.
 */
public final class HazelcastAdmissionStore implements AdmissionStore {
  /** Opening reads everything, in steps that each have the deadline. */
  private static final int OPENING_DEADLINES = 12;

  private final JournalGrid grid;
  private final Duration deadline;
  private final long owner = ThreadLocalRandom.current().nextLong();
  private final AtomicLong numbers = new AtomicLong();
  private final Map<String, Reign> reigns = new ConcurrentHashMap<>();

  /**
   * A store in a running cluster.
   *
   * @param deadline of each commit
   */
  public HazelcastAdmissionStore(Vertx vertx, HazelcastInstance hazelcast, Duration deadline) {
    this.grid = new JournalGrid(vertx, hazelcast, deadline);
    this.deadline = deadline;
  }

  @Override
  public Future<Image> open(String queue, long term) {
    return openJournal(queue, term).compose(opened -> {
      Future<?> marked = opened.whole() ? Future.succeededFuture() : commitStored(queue, term, List.of(StoredWrite.of(Kind.COMPLETE)));
      return marked.map(opened.image());
    });
  }

  /** As {@link #open}, but does not take what is there for the whole if nobody has said so: see {@link FailoverStore}. */
  Future<Opened> openJournal(String queue, long term) {
    JournalCalls calls = new JournalCalls(grid, queue, term, owner, numbers);
    PartWriter writer = new PartWriter(calls);
    return within(OPENING_DEADLINES, calls.open()
        .compose(head -> Future.all(IntStream.range(0, JournalCalls.PARTS).mapToObj(calls::openPart).toList())
            .compose(parts -> calls.readParts().map(places -> {
              Reign before = reigns.put(queue, new Reign(calls, writer));
              if (before != null) {
                before.writer.stop(new FencedException(queue, before.calls.term(), term));
              }
              writer.add(head.number(), head.content());
              return new Opened(new ImageBuilder(queue).add(places).add(head.content()).build(), isWhole(head, parts.list()));
            }))));
  }

  @Override
  public Future<List<QueueEvent.SlotHeld>> commit(String queue, long term, List<QueueEffect.Write> writes) {
    return commitStored(queue, term, StoredWrite.of(writes));
  }

  Future<List<QueueEvent.SlotHeld>> commitStored(String queue, long term, List<StoredWrite> stored) {
    return within(1, reign(queue, term).compose(reign -> reign.writer.room()
        .compose(room -> reign.calls.commit(reign.writer.applied(), stored))
        .map(head -> {
          if (stored.stream().anyMatch(write -> write.kind().ofPlaces())) {
            reign.writer.add(head.number(), stored);
          }
          return head.content().stream().map(HazelcastAdmissionStore::held).toList();
        })));
  }

  /** A part that was lost is there again since it was opened, but knows nothing of having been complete. */
  private static boolean isWhole(JournalAnswer head, List<JournalAnswer> parts) {
    return head.flag() && parts.stream().allMatch(JournalAnswer::flag);
  }

  /** Completes when all that was committed so far is in its parts. */
  Future<Void> settled(String queue, long term) {
    return within(OPENING_DEADLINES, reign(queue, term).compose(reign -> reign.writer.settled()));
  }

  /** Reads a queue that is open, as writes into an empty one; commits that are under way meanwhile may be in the answer or not. */
  Future<List<StoredWrite>> read(String queue, long term) {
    return within(OPENING_DEADLINES, reign(queue, term).compose(reign -> reign.writer.settled()
        .compose(settled -> reign.calls.readParts())
        .compose(places -> reign.calls.readHead().map(head -> {
          places.addAll(head.content());
          return places;
        }))));
  }

  @Override
  public Condition condition() {
    return new Condition("ok", "memory", "in the memory of the cluster");
  }

  @Override
  public Future<Void> close() {
    reigns.forEach((queue, reign) -> reign.writer.stop(new FencedException("the store is closed")));
    return Future.succeededFuture();
  }

  private <T> Future<T> within(int deadlines, Future<T> result) {
    return CallerContext.bring(grid.vertx(), deadline.multipliedBy(deadlines), result);
  }

  private Future<Reign> reign(String queue, long term) {
    Reign reign = reigns.get(queue);
    return reign != null && reign.calls.term() == term ? Future.succeededFuture(reign)
        : Future.failedFuture(new FencedException(queue, term, reign == null ? 0 : reign.calls.term()));
  }

  private static QueueEvent.SlotHeld held(StoredWrite refused) {
    return new QueueEvent.SlotHeld(refused.slot(), ImageBuilder.holder(refused.value()));
  }

  private record Reign(JournalCalls calls, PartWriter writer) {}

  /**
   * What {@link #openJournal} found.
   *
   * @param whole whether everything that belongs to the queue is in it
   */
  record Opened(Image image, boolean whole) {}
}
