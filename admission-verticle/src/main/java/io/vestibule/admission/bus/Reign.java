package io.vestibule.admission.bus;

import io.vestibule.admission.core.QueueRules;
import java.util.function.BooleanSupplier;

/**
 * The right to lead one queue.
 *
 * @param rules of the queue, as this node is configured
 * @param shard the shard that the queue belongs to
 * @param term of the shard; fences every leader before
 * @param current whether this node holds the shard with the term at this moment
 */
record Reign(QueueRules rules, int shard, long term, BooleanSupplier current) {

  String queue() {
    return rules.name();
  }
}
