package io.vestibule.admission.store;

import com.hazelcast.core.HazelcastInstance;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vestibule.admission.core.QueueEffect.SeatCall;
import io.vestibule.admission.core.SeatLedger;
import io.vestibule.cluster.hazelcast.HazelcastSettings;
import io.vestibule.cluster.store.CallerContext;
import io.vestibule.cluster.store.GridCalls;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/** The count in the memory of the cluster, one entry for each shard with a backup that is waited for. It is not in Redis: each coordinator says anew what it has when it begins. */
public final class HazelcastSeatStore implements SeatStore {
  private final GridCalls<SeatEntry> grid;
  private final Duration deadline;
  private final long owner = ThreadLocalRandom.current().nextLong();
  private final AtomicLong numbers = new AtomicLong();

  /**
   * The count of a running cluster.
   *
   * @param deadline of each call
   */
  public HazelcastSeatStore(Vertx vertx, HazelcastInstance hazelcast, Duration deadline) {
    this.grid = new GridCalls<>(vertx, hazelcast, HazelcastSettings.SEATS_MAP, deadline);
    this.deadline = deadline;
  }

  @Override
  public Future<Map<String, Integer>> open(String queue, long term, int shard) {
    return call(shard, new SeatRequest(queue, fence(term), true, List.of())).map(SeatResponse::counts);
  }

  @Override
  public Future<List<SeatLedger.Taken>> apply(String queue, long term, int shard, List<SeatCall> calls) {
    return call(shard, new SeatRequest(queue, fence(term), false, calls)).map(SeatResponse::taken);
  }

  private Fence fence(long term) {
    return new Fence(term, owner, numbers.incrementAndGet());
  }

  private Future<SeatResponse> call(int shard, SeatRequest request) {
    return CallerContext.bring(grid.vertx(), deadline, grid.call("users/" + shard, new SeatProcessor(request)).map(SeatResponse::decode))
        .compose(answer -> switch (answer.status()) {
          case DONE -> Future.succeededFuture(answer);
          case FENCED -> Future.failedFuture(new FencedException(request.queue(), request.fence().term(), answer.term()));
          case LOST, OVERTAKEN -> Future.failedFuture(new IllegalStateException("shard " + shard + " of the count is not open for the queue " + request.queue()));
        });
  }
}
