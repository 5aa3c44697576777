package io.vestibule.admission.store;

import io.vertx.core.Future;
import java.util.function.Supplier;

/**
 * The number of this life of the cluster, from its first node's start to its last node's end. It is kept in the grid as the term of an entry of its own, so it only rises, also when the halves of
 * a partition meet.
 */
final class Incarnation implements Supplier<Future<Long>> {
  private static final String KEY = "incarnation";
  private static final Fence LOOK = new Fence(0, 0, 1);

  private final JournalGrid grid;
  private final Supplier<Future<Long>> next;

  /**
   * A number that is looked up each time.
   *
   * @param next makes one, above all before
   */
  Incarnation(JournalGrid grid, Supplier<Future<Long>> next) {
    this.grid = grid;
    this.next = next;
  }

  @Override
  public Future<Long> get() {
    return grid.call(KEY, new JournalCall.Read(LOOK, null)).compose(known -> switch (known.status()) {
      case FENCED -> Future.succeededFuture(known.number());
      default -> next.get().compose(made -> grid.call(KEY, new JournalCall.Open(new Fence(made, 0, 1)))
          .map(claimed -> claimed.status() == JournalAnswer.Status.DONE ? made : (Long) claimed.number()));
    });
  }
}
