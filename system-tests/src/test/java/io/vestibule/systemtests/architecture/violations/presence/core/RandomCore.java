package io.vestibule.systemtests.architecture.violations.presence.core;

import java.util.concurrent.ThreadLocalRandom;

/** Breaks a rule, so that a test can see it fire. */
public final class RandomCore {
  /** Throws dice. */
  public int dice() {
    return ThreadLocalRandom.current().nextInt(6) + 1;
  }
}
