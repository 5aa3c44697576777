package io.vestibule.systemtests.architecture.violations.cluster.ownership;

import io.vertx.core.Vertx;

/** Breaks a rule, so that a test can see it fire. */
public record OwnershipCore(Inner inner) {
  /** As its outer class. */
  public record Inner(Vertx vertx) {}
}
