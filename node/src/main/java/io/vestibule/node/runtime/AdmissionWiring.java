package io.vestibule.node.runtime;

import io.vestibule.admission.AdmissionEnvironment;
import io.vestibule.admission.store.AdmissionStores;
import io.vestibule.node.config.StoreConfig;

/** What the waiting line is built from. */
final class AdmissionWiring {
  private AdmissionWiring() {}

  static AdmissionEnvironment of(NodeContext node) {
    return new AdmissionEnvironment(node.bus(), node.membership(), node.ownership(), stores(node).create(node.vertx(), node.cluster().hazelcast()),
        node.meters(), node.config().cluster().expectedSize());
  }

  private static AdmissionStores stores(NodeContext node) {
    StoreConfig store = node.config().store();
    return store.type() == StoreConfig.Type.REDIS
        ? new AdmissionStores(true, store.redis().url(), store.redis().timeout(), node.config().cluster().name())
        : AdmissionStores.embedded();
  }
}
