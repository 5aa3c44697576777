package io.vestibule.gateway.log.core;

/**
 * A message in a log.
 *
 * @param offset its place in the epoch of its log, from 1 on
 * @param version of the shard when it came; rises with each message of the shard
 * @param atMs when it came, Unix milliseconds; never falls within a log
 * @param origin the same for the same draft of the same append, wherever it was stored, and for nothing else
 * @param key says that a message is the same one again, or null
 * @param payload never changed
 */
public record Message(long offset, long version, long atMs, long origin, String key, byte[] payload) {
  /** What an entry of the log takes besides what it carries, about, in bytes. */
  static final int OVERHEAD = 88;

  /** The bytes that it is counted with. */
  public long cost() {
    return OVERHEAD + payload.length + (key == null ? 0 : OVERHEAD + key.length());
  }

  Message at(long newOffset, long newVersion, long newAtMs) {
    return new Message(newOffset, newVersion, newAtMs, origin, key, payload);
  }
}
