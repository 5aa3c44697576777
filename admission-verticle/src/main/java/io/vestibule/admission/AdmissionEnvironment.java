package io.vestibule.admission;

import io.micrometer.core.instrument.MeterRegistry;
import io.vestibule.admission.store.AdmissionStore;
import io.vestibule.cluster.Bus;
import io.vestibule.cluster.Membership;
import io.vestibule.cluster.ownership.ShardOwnership;

/**
 * What the waiting line has around it on its node.
 *
 * @param bus the node's bus
 * @param membership the cluster as the node sees it
 * @param ownership decides who leads which queue
 * @param store where queues are kept; closed with the verticle
 * @param meters where figures go
 * @param expectedSize how many nodes the cluster is to have ({@code cluster.expected-size}); from 3 on, a node that sees fewer than the majority admits nobody
 */
public record AdmissionEnvironment(
    Bus bus, Membership membership, ShardOwnership ownership, AdmissionStore store, MeterRegistry meters, int expectedSize) {}
