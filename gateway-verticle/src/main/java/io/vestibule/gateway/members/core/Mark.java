package io.vestibule.gateway.members.core;

import io.vestibule.gateway.log.Position;

/**
 * How far a member is in a topic's log.
 *
 * @param delivered what the furthest of his devices has acknowledged; null where that is nothing
 * @param read what he has read; null where that is nothing
 */
public record Mark(Position delivered, Position read) {

  /** What of another mark goes beyond this one; null where nothing does. A place in another epoch does: it was told of the log as it is. */
  public Mark news(Mark told) {
    Position nextDelivered = goesBeyond(delivered, told.delivered) ? told.delivered : null;
    Position nextRead = goesBeyond(read, told.read) ? told.read : null;
    return nextDelivered == null && nextRead == null ? null : new Mark(nextDelivered, nextRead);
  }

  /** This one, and what goes beyond it. */
  public Mark with(Mark news) {
    return news == null ? this : new Mark(news.delivered == null ? delivered : news.delivered, news.read == null ? read : news.read);
  }

  private static boolean goesBeyond(Position known, Position told) {
    return told != null && (known == null || known.epoch() != told.epoch() || known.offset() < told.offset());
  }
}
