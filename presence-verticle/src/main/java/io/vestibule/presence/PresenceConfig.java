package io.vestibule.presence;

import io.vestibule.cluster.ownership.ShardKinds;
import io.vestibule.contract.config.Settings;
import io.vestibule.presence.core.PresenceLimits;
import io.vestibule.presence.core.RoomLimits;
import io.vestibule.presence.core.SeenLimits;
import java.time.Duration;

/**
 * The {@code presence} part of the configuration; {@code conf/vestibule.yaml} explains each key.
 *
 * @param tick how often gateways are told of what has changed, at most
 * @param listedMembers users of a topic up to which watchers hear of each
 * @param sample how many are named where there are more
 * @param lastSeen how long it is kept when a user who is offline was there last; nothing: not at all
 * @param lastSeenUsers of how many users, at most
 */
public record PresenceConfig(Duration tick, int listedMembers, int sample, Duration lastSeen, int lastSeenUsers) {
  private static final int MOST_LISTED = 100_000;
  private static final int MOST_SEEN = 10_000_000;

  public PresenceConfig {
    Settings.check()
        .duration("tick", tick, Duration.ofMillis(10), Duration.ofSeconds(2))
        .range("listed-members", listedMembers, 1, MOST_LISTED)
        .atLeast("sample", sample, 0)
        .duration("last-seen", lastSeen, Duration.ZERO, Duration.ofDays(365))
        .range("last-seen-users", lastSeenUsers, 0, MOST_SEEN)
        .rule(sample <= listedMembers, "sample", sample + " is more than listed-members " + listedMembers)
        .verify();
  }

  /** What is told and kept of each shard at most. */
  public PresenceLimits limits() {
    int shards = ShardKinds.PRESENCE.count();
    return new PresenceLimits(new RoomLimits(listedMembers, sample), lastSeen.isZero() ? SeenLimits.NONE : new SeenLimits(lastSeen.toMillis(), (lastSeenUsers + shards - 1) / shards));
  }
}
