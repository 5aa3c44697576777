package io.vestibule.systemtests.architecture.violations.bench;

import io.vestibule.systemtests.architecture.violations.metrics.NosyMetrics;

/** Breaks a rule, so that a test can see it fire. */
public record NosyBench(NosyMetrics verticle) {}
