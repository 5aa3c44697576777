package io.vestibule.presence;

import io.vestibule.contract.config.Settings;
import java.time.Duration;

/**
 * The {@code presence} part of the configuration; {@code conf/vestibule.yaml} explains each key.
 *
 * @param tick how often gateways are told of what has changed, at most
 * @param listedMembers users of a topic up to which watchers hear of each
 * @param sample how many are named where there are more
 */
public record PresenceConfig(Duration tick, int listedMembers, int sample) {
  private static final int MOST_LISTED = 100_000;

  public PresenceConfig {
    Settings.check()
        .duration("tick", tick, Duration.ofMillis(10), Duration.ofSeconds(2))
        .range("listed-members", listedMembers, 1, MOST_LISTED)
        .atLeast("sample", sample, 0)
        .rule(sample <= listedMembers, "sample", sample + " is more than listed-members " + listedMembers)
        .verify();
  }
}
