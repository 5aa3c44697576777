package io.vestibule.admission.store;

import io.vertx.core.Future;
import io.vestibule.admission.core.QueueEffect.SeatCall;
import io.vestibule.admission.core.SeatLedger;
import java.util.List;
import java.util.Map;

/**
 * How many sessions each user has in all queues of the cluster, spread over {@value SeatLedger#SHARDS} shards by user. Each queue's coordinator says how many there are in its queue, and is fenced by its term as in
 * {@link AdmissionStore}. Each call ends within a deadline; one that fails may have been done all the same. What a call fails with other than {@link FencedException} calls for {@link #open}. Thread-safe.
 */
public interface SeatStore {
  /**
   * Takes over what a queue says in a shard: calls with a lower term are refused from now on.
   *
   * @return how many sessions each user of the shard has in this queue, by what was said before
   */
  Future<Map<String, Integer>> open(String queue, long term, int shard);

  /**
   * Does the calls, in their order.
   *
   * @return what became of each {@link io.vestibule.admission.core.QueueEffect.TakeSeat}, in their order
   */
  Future<List<SeatLedger.Taken>> apply(String queue, long term, int shard, List<SeatCall> calls);
}
