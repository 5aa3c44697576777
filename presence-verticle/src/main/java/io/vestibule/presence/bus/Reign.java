package io.vestibule.presence.bus;

import io.vestibule.presence.core.OnlineUsers;
import io.vestibule.presence.core.PresenceLimits;
import io.vestibule.presence.core.ShardRooms;

/**
 * One shard, as long as this node owns it.
 *
 * @param term with which it does
 */
record Reign(long term, ShardRooms rooms, OnlineUsers users) {

  /** Knows nothing yet. */
  static Reign begin(PresenceLimits limits, long term) {
    OnlineUsers users = new OnlineUsers(term, limits.seen());
    return new Reign(term, new ShardRooms(limits.rooms(), term, users), users);
  }
}
