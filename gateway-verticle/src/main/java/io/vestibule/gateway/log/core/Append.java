package io.vestibule.gateway.log.core;

import java.util.List;

/**
 * Messages for the end of a log.
 *
 * @param topic the literal topic
 * @param writer who appends; never used by anybody else, nor again
 * @param number of the writer's append to the topic, rising; one that comes again is done once
 * @param nowMs Unix milliseconds
 * @param epoch of the log, should it have to be made
 * @param bounds what is kept from now on
 * @param messages in their order, at least one
 * @param known how far the shard is known to be: one that is not was restored from the past
 */
public record Append(String topic, long writer, long number, long nowMs, long epoch, LogBounds bounds, List<Draft> messages, ShardPlace known) {
  public Append {
    messages = List.copyOf(messages);
    if (messages.isEmpty()) {
      throw new IllegalArgumentException("nothing to append");
    }
  }

  /** By somebody who knows nothing of the shard. */
  public Append(String topic, long writer, long number, long nowMs, long epoch, LogBounds bounds, List<Draft> messages) {
    this(topic, writer, number, nowMs, epoch, bounds, messages, ShardPlace.UNKNOWN);
  }

  /** The same, by somebody who knows this. */
  public Append knowing(ShardPlace place) {
    return new Append(topic, writer, number, nowMs, epoch, bounds, messages, place);
  }

  /** Tells a draft from all others, whoever stores it: the bits of writer, number and index, mixed (the finaliser of SplitMix64). */
  public long origin(int index) {
    long mixed = writer + number * 0x9E3779B97F4A7C15L + index * 0xD1B54A32D192ED03L;
    mixed = (mixed ^ mixed >>> 30) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
    return mixed ^ mixed >>> 31;
  }

  /**
   * A message that has no place yet.
   *
   * @param key says that a message is the same one again, or null for one that never is
   * @param payload never changed
   */
  public record Draft(String key, byte[] payload) {}
}
