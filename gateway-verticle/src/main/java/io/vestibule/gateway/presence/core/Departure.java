package io.vestibule.gateway.presence.core;

/** How it comes that a connection is not in any more, and with it what becomes of its user in the topics where it was. */
public enum Departure {
  /** He has left. */
  LEFT,
  /** He goes on with another connection, of which others may not have heard yet. */
  MOVED,
  /** No session waits for him; he may come again with another. */
  DROPPED,
  /** His session waits for him. */
  AWAITED
}
