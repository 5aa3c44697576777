package io.vestibule.systemtests.architecture.violations.admission;

import io.vestibule.systemtests.architecture.violations.metrics.NosyMetrics;

/** Breaks a rule, so that a test can see it fire. */
public record NosyAdmission(NosyMetrics sibling) {}
