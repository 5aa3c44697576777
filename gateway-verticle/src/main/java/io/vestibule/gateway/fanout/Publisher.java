package io.vestibule.gateway.fanout;

import io.vertx.core.Future;

/** Brings a publication, whose permission was checked, to all its subscribers in the cluster. */
public interface Publisher {

  /**
   * Publishes. Publications of one caller on one event loop to one topic arrive in the order of the calls.
   *
   * @param correlationId the flow this belongs to
   * @return what became of it, when the message is on its way (a durable topic's: when it is stored); fails with a
   *     {@link io.vestibule.contract.error.Failure}
   */
  Future<Published> publish(Publication publication, String correlationId);
}
