package io.vestibule.systemtests.architecture.violations.cluster;

import io.vestibule.systemtests.architecture.violations.gateway.NosyGateway;

/** Breaks a rule, so that a test can see it fire. */
public record UpwardCluster(NosyGateway above) {}
