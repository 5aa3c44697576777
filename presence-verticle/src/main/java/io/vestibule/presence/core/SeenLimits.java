package io.vestibule.presence.core;

/**
 * How long, and of how many, it is kept when users who are offline were seen last.
 *
 * @param keepMs milliseconds; 0: not at all
 * @param most users of one shard; of more the ones are kept who went last
 */
public record SeenLimits(long keepMs, int most) {
  /** Nothing is kept. */
  public static final SeenLimits NONE = new SeenLimits(0, 0);
}
