package io.vestibule.gateway.log.core;

/**
 * What comes in a log after somebody's cursor.
 *
 * @param name see {@link Cursor}
 * @param messages at most
 * @param bytes at most, but for the first message
 * @param nowMs Unix milliseconds
 */
public record CursorRead(String topic, String name, int messages, int bytes, long nowMs) {
  ReadRequest after(long offset) {
    return new ReadRequest(topic, ReadRequest.From.AFTER_OFFSET, offset, messages, bytes, nowMs);
  }
}
