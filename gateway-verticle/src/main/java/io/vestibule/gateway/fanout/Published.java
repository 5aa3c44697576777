package io.vestibule.gateway.fanout;

import io.vestibule.gateway.log.Position;

/**
 * What became of a publication.
 *
 * @param position where it is stored, or null where the topic is not durable
 * @param duplicate whether it was there already, under the same message id
 */
public record Published(Position position, boolean duplicate) {
  /** It is on its way, and kept nowhere. */
  public static final Published UNKEPT = new Published(null, false);
}
