package io.vestibule.cluster;

import io.vertx.core.Future;

/**
 * Answers the requests of one address.
 *
 * @param <Q> the request
 * @param <R> the reply
 */
@FunctionalInterface
public interface RequestHandler<Q, R> {
  /**
   * Answers one request. Runs on the context that called {@link Bus#serve}.
   *
   * @param request what was asked
   * @param correlationId the flow it belongs to, never null
   * @return the reply; a {@link io.vestibule.contract.error.Failure} reaches the caller as it is, anything else that is thrown
   *     or fails is logged and reaches the caller as {@code internal}
   */
  Future<R> answer(Q request, String correlationId);
}
