package io.vestibule.contract.bus;

import java.util.Objects;

/**
 * An address that answers: one request, one reply, both typed. The name is dotted and versioned.
 *
 * @param name the event-bus address
 * @param request the codec of the request
 * @param reply the codec of the reply
 * @param <Q> the request
 * @param <R> the reply
 */
public record Address<Q, R>(String name, RecordCodec<Q> request, RecordCodec<R> reply) {
  public Address {
    Objects.requireNonNull(name);
    Objects.requireNonNull(request);
    Objects.requireNonNull(reply);
  }

  /** The same conversation with one node: every node that takes part registers an address of its own. */
  public Address<Q, R> at(String nodeId) {
    return new Address<>(name + "@" + nodeId, request, reply);
  }
}
