package io.vestibule.admission;

import io.micrometer.core.instrument.MeterRegistry;
import io.vestibule.admission.store.AdmissionStore;
import io.vestibule.admission.store.SeatStore;
import io.vestibule.cluster.Bus;
import io.vestibule.cluster.Majority;
import io.vestibule.cluster.Membership;
import io.vestibule.cluster.ownership.ShardOwnership;

/**
 * What the waiting line has around it on its node.
 *
 * @param bus the node's bus
 * @param membership the cluster as the node sees it
 * @param ownership decides who leads which queue
 * @param store where queues are kept; closed with the verticle
 * @param seats what users have in all queues together
 * @param meters where figures go
 * @param majority where it is not seen, nobody is admitted
 */
public record AdmissionEnvironment(
    Bus bus, Membership membership, ShardOwnership ownership, AdmissionStore store, SeatStore seats, MeterRegistry meters, Majority majority) {}
