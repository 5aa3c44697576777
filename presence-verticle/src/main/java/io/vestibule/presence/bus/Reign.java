package io.vestibule.presence.bus;

import io.vestibule.presence.core.OnlineUsers;
import io.vestibule.presence.core.RoomLimits;
import io.vestibule.presence.core.ShardRooms;

/**
 * One shard, as long as this node owns it.
 *
 * @param term with which it does
 */
record Reign(long term, ShardRooms rooms, OnlineUsers users) {

  /** Knows nothing yet. */
  static Reign begin(RoomLimits limits, long term) {
    OnlineUsers users = new OnlineUsers(term);
    return new Reign(term, new ShardRooms(limits, term, users), users);
  }
}
