package io.vestibule.systemtests.architecture.violations.presence;

import io.vertx.core.Vertx;

/** Breaks a rule, so that a test can see it fire. */
public final class DirectBusUser {
  /** Goes past the bus. */
  public void shout(Vertx vertx) {
    vertx.eventBus().publish("anywhere", "anything");
  }
}
