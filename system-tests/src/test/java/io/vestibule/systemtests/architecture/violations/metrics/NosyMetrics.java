package io.vestibule.systemtests.architecture.violations.metrics;

import io.vestibule.systemtests.architecture.violations.gateway.NosyGateway;

/** Breaks a rule, so that a test can see it fire. */
public record NosyMetrics(NosyGateway sibling) {}
