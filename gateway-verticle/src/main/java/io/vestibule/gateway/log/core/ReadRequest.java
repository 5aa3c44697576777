package io.vestibule.gateway.log.core;

/**
 * What is to be read of a log.
 *
 * @param from where to begin
 * @param point an offset, a version of the shard, or a time, see {@link From}
 * @param messages at most
 * @param bytes at most, but for the first message
 * @param nowMs Unix milliseconds: what has become too old is not read
 */
public record ReadRequest(String topic, From from, long point, int messages, int bytes, long nowMs) {

  /** Where reading begins, and which way it goes. */
  public enum From {
    /** After this offset, onwards. */
    AFTER_OFFSET,
    /** With the first message after this version of the shard, onwards. */
    AFTER_VERSION,
    /** With the first message that came at this time, Unix milliseconds, or later, onwards. */
    SINCE_TIME,
    /** Before this offset, backwards. */
    BEFORE_OFFSET
  }
}
