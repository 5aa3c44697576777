package io.vestibule.gateway.log.core;

/**
 * What is kept of a topic.
 *
 * @param messages at most; positive
 * @param ageMs how old a message may become, in milliseconds; positive
 * @param bytes at most, {@link Message#cost() costs} included; 0 for no bound but the shard's
 */
public record LogBounds(int messages, long ageMs, long bytes) {
  public LogBounds {
    if (messages <= 0 || ageMs <= 0 || bytes < 0) {
      throw new IllegalArgumentException("bounds of a log: " + messages + " messages, " + ageMs + " ms, " + bytes + " bytes");
    }
  }
}
