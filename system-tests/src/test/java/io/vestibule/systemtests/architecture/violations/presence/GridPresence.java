package io.vestibule.systemtests.architecture.violations.presence;

import com.hazelcast.core.HazelcastInstance;

/** Breaks a rule, so that a test can see it fire. */
public record GridPresence(HazelcastInstance grid) {}
