package io.vestibule.systemtests.architecture.violations.contract;

import io.vestibule.systemtests.architecture.violations.cluster.UpwardCluster;

/** Breaks a rule, so that a test can see it fire. */
public record UpwardContract(UpwardCluster above) {}
