package io.vestibule.systemtests.architecture.violations.contract.message;

/** Breaks a rule, so that a test can see it fire. */
public interface OpenFamily {
  /** One of it. */
  record Member(String text) implements OpenFamily {}
}
