package io.vestibule.gateway.admission;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vestibule.cluster.Bus;
import io.vestibule.cluster.Membership;
import io.vestibule.cluster.NodeRef;
import io.vestibule.cluster.Registration;
import io.vestibule.cluster.ownership.ShardDirectory;
import io.vestibule.cluster.ownership.ShardKinds;
import io.vestibule.contract.admission.SlotRenewal;
import io.vestibule.contract.bus.Addresses;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** Asks the coordinators every {@value #EVERY_MS} ms whether the slots of this node's sockets count; {@link SlotLeases} has what follows. One for a node. */
public final class SlotRenewals {
  private static final long EVERY_MS = 2_000;
  private static final Duration DEADLINE = Duration.ofSeconds(3);

  private final Bus bus;
  private final String self;
  private final ShardDirectory directory;
  private final SlotLeases leases;
  private final LongSupplier monotonicMs;

  public SlotRenewals(Bus bus, Membership membership, SlotLeases leases, LongSupplier monotonicMs) {
    this.bus = bus;
    this.self = membership.self().id();
    this.directory = new ShardDirectory(membership);
    this.leases = leases;
    this.monotonicMs = monotonicMs;
  }

  /** Begins, on the calling context. */
  public Registration start(Vertx vertx) {
    ask();
    long timer = vertx.setPeriodic(EVERY_MS, id -> ask());
    return () -> {
      vertx.cancelTimer(timer);
      return Future.succeededFuture();
    };
  }

  private void ask() {
    long askedMs = monotonicMs.getAsLong();
    leases.expire(askedMs);
    Map<String, Long> shards = new HashMap<>();
    for (int shard = 0; shard < ShardKinds.QUEUES.count(); shard++) {
      long bit = 1L << shard;
      directory.ownerOf(ShardKinds.QUEUES, shard).map(NodeRef::id).ifPresent(owner -> shards.merge(owner, bit, (a, b) -> a | b));
    }
    // A question without an answer is followed by the next.
    shards.forEach((owner, bits) -> bus.request(Addresses.ADMISSION_RENEWAL.at(owner), new SlotRenewal(self, bits), DEADLINE, null)
        .onSuccess(answer -> leases.renewed(answer.shards() & bits, askedMs, monotonicMs.getAsLong())));
  }
}
