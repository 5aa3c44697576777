package io.vestibule.gateway.log.core;

import java.util.List;

/**
 * A log as it is kept where it is not in use.
 *
 * @param began the offset after which everything came in its epoch
 * @param head the last offset given
 * @param version of the shard when it moved last
 * @param movedMs when that was, Unix milliseconds
 * @param messages that can be had, up to the head
 * @param writers what was answered to each that appended lately, the latest last
 * @param cursors how far its readers are
 */
public record LogImage(String topic, long epoch, long began, long head, long version, long movedMs, LogBounds bounds, List<Message> messages, List<Writer> writers, List<Cursor> cursors) {
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
  public record Writer(long id, long number, long atMs, Appended answer) {
    /** Its messages are in another epoch now, at the same offsets. */
    Writer inEpoch(long epoch) {
      return new Writer(id, number, atMs, new Appended(epoch, answer.lineage(), answer.versionBefore(), answer.firstVersion(), answer.offsets()));
    }
  }
}
