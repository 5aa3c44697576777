package io.vestibule.systemtests.architecture.violations.gateway.topic;

import io.vertx.core.Future;

/** Breaks a rule, so that a test can see it fire. */
public record FutureTopic(Future<String> name) {}
