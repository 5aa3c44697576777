package io.vestibule.systemtests.architecture.violations.contract.message;

/** Breaks a rule, so that a test can see it fire. */
public final class ClassMessage {
  private String text;

  /** Changes what is on its way. */
  public ClassMessage text(String changed) {
    text = changed;
    return this;
  }

  /** What it says. */
  public String text() {
    return text;
  }
}
