package io.vestibule.systemtests.architecture.violations.presence;

import io.vestibule.systemtests.architecture.violations.admission.NosyAdmission;

/** Breaks a rule, so that a test can see it fire. */
public record NosyPresence(NosyAdmission sibling) {}
