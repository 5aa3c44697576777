package io.vestibule.admission.store;

import io.vertx.core.Future;
import io.vestibule.admission.core.QueueEffect.SeatCall;
import io.vestibule.admission.core.SeatLedger;
import io.vestibule.admission.store.JournalAnswer.Status;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** The count in maps of this process, at once and without failures. Thread-safe. */
public class MemorySeatStore implements SeatStore {
  private final Map<Integer, SeatEntry> shards = new HashMap<>();
  private final AtomicLong numbers = new AtomicLong();

  @Override
  public Future<Map<String, Integer>> open(String queue, long term, int shard) {
    return ask(shard, new SeatRequest(queue, new Fence(term, 1, numbers.incrementAndGet()), true, List.of())).map(SeatResponse::counts);
  }

  @Override
  public Future<List<SeatLedger.Taken>> apply(String queue, long term, int shard, List<SeatCall> calls) {
    return ask(shard, new SeatRequest(queue, new Fence(term, 1, numbers.incrementAndGet()), false, calls)).map(SeatResponse::taken);
  }

  private synchronized Future<SeatResponse> ask(int shard, SeatRequest request) {
    SeatResponse answer = shards.computeIfAbsent(shard, number -> new SeatEntry()).answer(request);
    return answer.status() == Status.DONE ? Future.succeededFuture(answer) : answer.status() == Status.FENCED
        ? Future.failedFuture(new FencedException(request.queue(), request.fence().term(), answer.term())) : Future.failedFuture(new IllegalStateException("not open"));
  }
}
