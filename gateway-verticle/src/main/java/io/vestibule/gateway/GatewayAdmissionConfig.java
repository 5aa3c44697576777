package io.vestibule.gateway;

import io.vestibule.gateway.admission.ResumeSecrets;
import java.time.Duration;
import java.util.Objects;

/**
 * What a gateway has to know of the configuration of the waiting line; the rest is the coordinators'.
 *
 * @param openWhenUnavailable whether somebody is let in, without slot and session, when nobody leads the queue
 * @param sessionTtl how long a session is kept when its connection has dropped
 * @param maxSessionState bytes that a session may remember
 * @param secrets of resume tokens; the same on all nodes
 * @param cluster the name of the cluster, to which tokens are bound
 * @param ipJoins connects and joins of one address, a minute; 0 for no limit
 * @param slotGrace how long the slot of a session is kept when its connection has dropped
 * @param slotPatience how long sockets are kept whose slots no coordinator answers for, see {@code SlotLeases}; nobody who was let in without a slot is concerned
 */
public record GatewayAdmissionConfig(boolean openWhenUnavailable, Duration sessionTtl, long maxSessionState, ResumeSecrets secrets, String cluster, int ipJoins,
    Duration slotGrace, Duration slotPatience) {
  public GatewayAdmissionConfig {
    Objects.requireNonNull(sessionTtl);
    Objects.requireNonNull(cluster);
    Objects.requireNonNull(slotGrace);
    Objects.requireNonNull(slotPatience);
    Objects.requireNonNull(secrets);
  }

  /** Without the secrets. */
  @Override
  public String toString() {
    return "GatewayAdmissionConfig[openWhenUnavailable=" + openWhenUnavailable + ", sessionTtl=" + sessionTtl + ", cluster=" + cluster + "]";
  }
}
