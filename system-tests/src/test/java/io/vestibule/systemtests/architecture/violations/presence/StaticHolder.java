package io.vestibule.systemtests.architecture.violations.presence;

import java.util.concurrent.atomic.AtomicInteger;

/** Breaks a rule, so that a test can see it fire. */
public final class StaticHolder {
  /** Counts for the whole process. */
  public static final AtomicInteger COUNTED = new AtomicInteger();

  private StaticHolder() {}
}
