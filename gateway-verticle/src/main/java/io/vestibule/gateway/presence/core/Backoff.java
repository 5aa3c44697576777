package io.vestibule.gateway.presence.core;

/** When to try again: after {@value #FIRST_MS} ms, doubling to {@value #LONGEST_MS} ms. */
final class Backoff {
  static final long FIRST_MS = 50;
  static final long LONGEST_MS = 500;

  private static final int MOST_DOUBLINGS = 10;

  private long notBeforeMs = Long.MIN_VALUE;
  private int failures;

  /** When the next attempt may be made. */
  long notBeforeMs() {
    return notBeforeMs;
  }

  void failed(long nowMs) {
    notBeforeMs = nowMs + Math.min(LONGEST_MS, FIRST_MS << Math.min(failures, MOST_DOUBLINGS));
    failures++;
  }

  /** It worked. */
  void worked() {
    failures = 0;
    notBeforeMs = Long.MIN_VALUE;
  }
}
