package io.vestibule.systemtests.architecture.violations.presence;

/** Breaks a rule, so that a test can see it fire. */
public final class Chatty {
  /** Talks. */
  public void talk() {
    System.out.println("hello");
  }
}
