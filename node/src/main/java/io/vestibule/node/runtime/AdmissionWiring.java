package io.vestibule.node.runtime;

import io.vestibule.admission.AdmissionEnvironment;
import io.vestibule.admission.store.AdmissionStores;
import io.vestibule.cluster.Majority;
import io.vestibule.node.config.StoreConfig;

/** What the waiting line is built from. */
final class AdmissionWiring {
  private AdmissionWiring() {}

  static AdmissionEnvironment of(NodeContext node) {
    return new AdmissionEnvironment(node.bus(), node.membership(), node.ownership(), stores(node).create(node.vertx(), node.cluster()),
        stores(node).createSeats(node.vertx(), node.cluster()),
        node.meters(), majority(node));
  }

  private static Majority majority(NodeContext node) {
    return new Majority(node.config().cluster().expectedSize());
  }

  private static AdmissionStores stores(NodeContext node) {
    StoreConfig store = node.config().store();
    return store.type() == StoreConfig.Type.REDIS
        ? new AdmissionStores(true, store.redis().url(), store.redis().timeout(), node.config().cluster().name(), majority(node))
        : AdmissionStores.embedded();
  }
}
