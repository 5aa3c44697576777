package io.vestibule.systemtests.architecture.violations.presence;

/** Breaks a rule, so that a test can see it fire. */
public final class StaticArray {
  /** Anybody may write to it. */
  public static final String[] NAMES = {"a", "b"};

  private StaticArray() {}
}
