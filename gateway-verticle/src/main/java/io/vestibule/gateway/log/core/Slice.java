package io.vestibule.gateway.log.core;

import java.util.List;

/**
 * A part of a log.
 *
 * @param epoch of the log; 0 if there is none
 * @param began the offset after which everything came in this epoch; up to there it has what other epochs held
 * @param first the oldest offset that can be had; one more than {@code head} if none can
 * @param head the last offset given
 * @param messages in the order asked for
 * @param more whether there are more in that direction
 */
public record Slice(long epoch, long began, long first, long head, List<Message> messages, boolean more) {
  static final Slice NOTHING = new Slice(0, 0, 1, 0, List.of(), false);

  public Slice {
    messages = List.copyOf(messages);
  }

  /** Up to where nobody who knows another epoch can tell what is news. */
  long newsAfter() {
    return Math.max(first - 1, began);
  }

  /** After which offset everything is owed that came after the version asked for. Where nothing is left that came before it, something of it may be gone, too. */
  long owedAfter() {
    if (messages.isEmpty()) {
      return head;
    }
    long owed = messages.get(0).offset();
    return owed == first ? 0 : owed - 1;
  }
}
