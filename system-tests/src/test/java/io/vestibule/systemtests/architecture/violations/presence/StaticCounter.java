package io.vestibule.systemtests.architecture.violations.presence;

/** Breaks a rule, so that a test can see it fire. */
public final class StaticCounter {
  private static int counted;

  private StaticCounter() {}

  /** Counts for the whole process. */
  public static int next() {
    counted++;
    return counted;
  }
}
