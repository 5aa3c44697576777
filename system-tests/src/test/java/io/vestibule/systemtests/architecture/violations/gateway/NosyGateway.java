package io.vestibule.systemtests.architecture.violations.gateway;

import io.vestibule.systemtests.architecture.violations.presence.NosyPresence;

/** Breaks a rule, so that a test can see it fire. */
public record NosyGateway(NosyPresence sibling) {}
