package io.vestibule.gateway.auth;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Verified tokens of one gateway instance, the oldest forgotten first. A token stays for 60 s or until it expires, whichever is
 * sooner, and everything is forgotten when the keys change: a key taken out of the set ends its tokens here too. Refusals are not
 * remembered, so that strangers cannot push out what is. Pure, one thread.
 */
final class TokenCache {
  /** Milliseconds a token is remembered, at most. */
  static final long MAX_AGE_MS = 60_000;

  private record Entry(Claims claims, long untilMs) {}

  private final int capacity;
  private final Map<TokenDigest, Entry> entries = new LinkedHashMap<>();
  private KeySet keys;

  /** A cache of so many tokens; 0 remembers nothing. */
  TokenCache(int capacity) {
    this.capacity = capacity;
  }

  boolean enabled() {
    return capacity > 0;
  }

  /** The claims of a token that was verified with these very keys, or null. */
  Claims get(KeySet current, TokenDigest token, long nowMs) {
    forgetOtherThan(current);
    Entry entry = entries.get(token);
    if (entry == null) {
      return null;
    }
    if (nowMs >= entry.untilMs) {
      entries.remove(token);
      return null;
    }
    return entry.claims;
  }

  /** Remembers what a token came to. */
  void put(KeySet current, TokenDigest token, Claims claims, long nowMs) {
    forgetOtherThan(current);
    long untilMs = Math.min(claims.expiresAtMs(), nowMs + MAX_AGE_MS);
    if (!enabled() || untilMs <= nowMs) {
      return;
    }
    // Out and in again, so that the order is that of the verification.
    entries.remove(token);
    if (entries.size() >= capacity) {
      entries.remove(entries.keySet().iterator().next());
    }
    entries.put(token, new Entry(claims, untilMs));
  }

  int size() {
    return entries.size();
  }

  private void forgetOtherThan(KeySet current) {
    // Identity: a rotation always makes a new set.
    if (keys != current) {
      entries.clear();
      keys = current;
    }
  }
}
