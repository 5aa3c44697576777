package io.vestibule.gateway.log.core;

import java.util.List;

/**
 * A part of a log.
 *
 * @param epoch of the log; 0 if there is none
 * @param first the oldest offset that can be had; one more than {@code head} if none can
 * @param head the last offset given
 * @param messages in the order asked for
 * @param more whether there are more in that direction
 */
public record Slice(long epoch, long first, long head, List<Message> messages, boolean more) {
  static final Slice NOTHING = new Slice(0, 1, 0, List.of(), false);

  public Slice {
    messages = List.copyOf(messages);
  }
}
