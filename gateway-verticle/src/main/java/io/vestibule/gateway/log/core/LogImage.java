package io.vestibule.gateway.log.core;

import java.util.List;

/**
 * A log as it is kept where it is not in use.
 *
 * @param head the last offset given
 * @param version of the shard when it moved last
 * @param movedMs when that was, Unix milliseconds
 * @param messages that can be had, up to the head
 * @param writers what was answered to each that appended lately, the latest last
 * @param cursors how far its readers are
 */
public record LogImage(String topic, long epoch, long head, long version, long movedMs, LogBounds bounds, List<Message> messages, List<Writer> writers, List<Cursor> cursors) {
  public LogImage {
    messages = List.copyOf(messages);
    writers = List.copyOf(writers);
    cursors = List.copyOf(cursors);
  }

  /**
   * Somebody who appended.
   *
   * @param number of its last append
   * @param atMs when that was
   * @param answer that it got
   */
  public record Writer(long id, long number, long atMs, Appended answer) {}
}
