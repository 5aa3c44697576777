package io.vestibule.admission.store;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/** The calls of one reign over one queue. */
final class JournalCalls {
  /** Parts of a queue. They spread it over the nodes, and keep what moves at once small: a million waiters are 8 MB a part. */
  static final int PARTS = 32;

  private final JournalGrid grid;
  private final String queue;
  private final long term;
  private final long owner;
  private final AtomicLong numbers;

  /**
   * Calls of a reign.
   *
   * @param owner of the term, see {@link Fence}
   * @param numbers counts the calls of the owner
   */
  JournalCalls(JournalGrid grid, String queue, long term, long owner, AtomicLong numbers) {
    this.grid = grid;
    this.queue = queue;
    this.term = term;
    this.owner = owner;
    this.numbers = numbers;
  }

  static int partOf(String place) {
    return Math.floorMod(place.hashCode(), PARTS);
  }

  Vertx vertx() {
    return grid.vertx();
  }

  long term() {
    return term;
  }

  /** Raises the fence of the head, and so ends the reign before: what it has not put there by now is refused. */
  Future<JournalAnswer> open() {
    return call("head", new JournalCall.Open(fence()));
  }

  /** Raises the fence of a part: the reign before may still have been carrying to it. */
  Future<JournalAnswer> openPart(int part) {
    return call("part/" + part, new JournalCall.Open(fence()));
  }

  Future<JournalAnswer> commit(long applied, List<StoredWrite> writes) {
    return call("head", new JournalCall.Commit(fence(), applied, true, writes));
  }

  Future<JournalAnswer> write(int part, List<StoredWrite> writes) {
    return call("part/" + part, new JournalCall.Commit(fence(), 0, false, writes));
  }

  /** Slots and queue, and places that wait in the head. */
  Future<JournalAnswer> readHead() {
    return call("head", new JournalCall.Read(fence(), null));
  }

  /** All places that are in the parts, of four parts at a time. */
  Future<List<StoredWrite>> readParts() {
    List<StoredWrite> places = new ArrayList<>();
    return Future.all(IntStream.range(0, 4).mapToObj(lane -> readLane(lane, places)).toList()).map(read -> places);
  }

  private Future<Void> readLane(int part, List<StoredWrite> places) {
    return part >= PARTS ? Future.succeededFuture() : readPart(part, null, places).compose(read -> readLane(part + 4, places));
  }

  private Future<Void> readPart(int part, String after, List<StoredWrite> places) {
    return call("part/" + part, new JournalCall.Read(fence(), after)).compose(slice -> {
      List<StoredWrite> content = slice.content();
      synchronized (places) {
        places.addAll(content);
      }
      return slice.flag() ? readPart(part, content.get(content.size() - 1).key(), places) : Future.succeededFuture();
    });
  }

  private Fence fence() {
    return new Fence(term, owner, numbers.incrementAndGet());
  }

  /** The name of the queue comes last: whatever is in it, two keys never meet. */
  private Future<JournalAnswer> call(String entry, JournalCall call) {
    return grid.call(entry + "/" + queue, call).compose(answer -> switch (answer.status()) {
      case DONE -> Future.succeededFuture(answer);
      case FENCED -> Future.failedFuture(new FencedException(queue, term, answer.number()));
      case LOST -> Future.failedFuture(new JournalLostException(queue, term));
      case OVERTAKEN -> Future.failedFuture(new IllegalStateException("a later call for the queue " + queue + " came first"));
    });
  }
}
