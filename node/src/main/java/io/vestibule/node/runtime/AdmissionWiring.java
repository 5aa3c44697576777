package io.vestibule.node.runtime;

import io.vestibule.admission.AdmissionEnvironment;
import io.vestibule.admission.store.AdmissionStore;
import io.vestibule.admission.store.HazelcastAdmissionStore;
import java.time.Duration;

/** What the waiting line is built from. */
final class AdmissionWiring {
  /** A commit that takes longer is repeated; well below the lease of a shard, so that a late answer does not outlive it. */
  private static final Duration COMMIT_DEADLINE = Duration.ofSeconds(2);

  private AdmissionWiring() {}

  static AdmissionEnvironment of(NodeContext node) {
    return new AdmissionEnvironment(node.bus(), node.membership(), node.ownership(), store(node), node.meters(), node.config().cluster().expectedSize());
  }

  private static AdmissionStore store(NodeContext node) {
    return new HazelcastAdmissionStore(node.vertx(), node.cluster().hazelcast(), COMMIT_DEADLINE);
  }
}
