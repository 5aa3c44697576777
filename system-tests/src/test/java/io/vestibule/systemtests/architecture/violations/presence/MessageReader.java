package io.vestibule.systemtests.architecture.violations.presence;

import io.vertx.core.eventbus.Message;

/** Breaks a rule, so that a test can see it fire. */
public record MessageReader(Message<String> message) {}
