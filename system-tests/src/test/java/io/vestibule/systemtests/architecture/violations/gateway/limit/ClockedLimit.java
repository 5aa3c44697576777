package io.vestibule.systemtests.architecture.violations.gateway.limit;

/** Breaks a rule, so that a test can see it fire. */
public final class ClockedLimit {
  /** Asks a clock. */
  public long now() {
    return System.nanoTime();
  }
}
