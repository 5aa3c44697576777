package io.vestibule.systemtests.architecture.violations.bench;

import io.vestibule.systemtests.architecture.violations.admission.NosyAdmission;

/** Breaks a rule, so that a test can see it fire. */
public record NosyBench(NosyAdmission verticle) {}
