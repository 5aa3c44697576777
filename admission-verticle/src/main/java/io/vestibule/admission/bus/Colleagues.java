package io.vestibule.admission.bus;

import io.vertx.core.Future;
import io.vestibule.cluster.Bus;
import io.vestibule.cluster.NodeRef;
import io.vestibule.cluster.ownership.ShardKinds;
import io.vestibule.cluster.ownership.ShardOwnership;
import io.vestibule.contract.admission.SeatOrder;
import io.vestibule.contract.admission.SeatReport;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import java.time.Duration;
import java.util.Optional;

/** The coordinators of other queues, as one reaches them. */
interface Colleagues {
  /** How long one is waited for: two of these and the calls between are over before a gateway gives a join up. */
  Duration DEADLINE = Duration.ofSeconds(2);

  /** Asks the coordinator of the order's queue; fails when it does not answer in time, or there is none, and with {@code unknown_queue} where the node whose turn it is does not know the queue. */
  Future<SeatReport> ask(SeatOrder order);

  /** Over the bus. */
  static Colleagues of(Bus bus, ShardOwnership ownership) {
    return order -> {
      Optional<NodeRef> owner = ownership.ownerOf(ShardKinds.QUEUES, ShardKinds.QUEUES.shardOf(order.queue()));
      return owner.isEmpty() ? Future.failedFuture(Failure.of(ErrorReason.ADMISSION_UNAVAILABLE))
          : bus.request(Addresses.ADMISSION_SEAT.at(owner.get().id()), order, DEADLINE, null);
    };
  }
}
