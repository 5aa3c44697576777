package io.vestibule.systemtests.architecture.violations.common;

/** Breaks a rule, so that a test can see it fire. */
public final class Leftovers {
  private Leftovers() {}
}
