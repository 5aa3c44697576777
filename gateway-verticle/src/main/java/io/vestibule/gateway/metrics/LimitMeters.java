package io.vestibule.gateway.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vestibule.contract.admission.AdmissionAnswer;
import io.vestibule.contract.admission.AdmissionAnswer.Admitted;
import io.vestibule.contract.admission.AdmissionAnswer.Quota;
import io.vestibule.contract.admission.AdmissionAnswer.Refused;
import io.vestibule.contract.admission.AdmissionAnswer.Waiting;
import io.vestibule.contract.error.ErrorReason;

/** How often rate limits were looked at, and how often they held somebody back. Every counter is made at the start. Thread-safe. */
public final class LimitMeters {
  private final Outcomes<Policy, Counter> checks;

  /** What is limited; named as clients are told. */
  public enum Policy {
    /** Connects and joins of an address. */
    IP_JOINS("ip-joins"),
    /** Joins and returns of a user, counted by coordinators. */
    USER_JOINS("user-joins"),
    /** Frames of a connection. */
    CONNECTION_MESSAGES("connection-messages"),
    /** What users say of themselves, of a connection. */
    PRESENCE_UPDATES("presence-updates"),
    /** Typing frames of a connection. */
    CONNECTION_TYPING("connection-typing"),
    /** Open topics that the user of a connection joins or leaves. */
    MEMBERSHIP_CHANGES("membership-changes");

    private final String label;

    Policy(String label) {
      this.label = label;
    }

    /** What clients and metrics call it. */
    public String label() {
      return label;
    }
  }

  LimitMeters(MeterRegistry registry) {
    checks = new Outcomes<>(Policy.class, policy -> counter(registry, policy, "passed"), policy -> counter(registry, policy, "limited"));
  }

  private static Counter counter(MeterRegistry registry, Policy policy, String outcome) {
    return Counter.builder("vestibule.rate.limit.checks").description("Looks at rate limits, by whether they let pass").tag("policy", policy.label).tag("outcome", outcome)
        .register(registry);
  }

  /** A limit was looked at. */
  public void checked(Policy policy, boolean permitted) {
    checks.of(policy, permitted).increment();
  }

  /** A coordinator answered somebody who wants in: it has looked at the user's limit, if there is one. */
  public void checked(AdmissionAnswer answer) {
    Quota quota = answer instanceof Admitted in ? in.quota() : answer instanceof Waiting waits ? waits.quota() : answer instanceof Refused no ? no.quota() : null;
    if (quota != null && quota.limit() > 0) {
      checked(Policy.USER_JOINS, !(answer instanceof Refused no && no.reason() == ErrorReason.TOO_MANY_JOINS));
    }
  }
}
