package io.vestibule.systemtests.architecture.violations.presence;

import org.slf4j.LoggerFactory;

/** Breaks a rule, so that a test can see it fire. */
public final class OwnLogger {
  /** Writes a line without an event. */
  public void log() {
    LoggerFactory.getLogger(OwnLogger.class).info("something happened");
  }
}
