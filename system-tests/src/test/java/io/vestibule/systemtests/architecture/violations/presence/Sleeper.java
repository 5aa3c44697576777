package io.vestibule.systemtests.architecture.violations.presence;

/** Breaks a rule, so that a test can see it fire. */
public final class Sleeper {
  /** Sleeps. */
  public void sleep() throws InterruptedException {
    Thread.sleep(1);
  }
}
