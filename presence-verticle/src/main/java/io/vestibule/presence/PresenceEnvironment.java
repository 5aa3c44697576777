package io.vestibule.presence;

import io.micrometer.core.instrument.MeterRegistry;
import io.vestibule.cluster.Bus;
import io.vestibule.cluster.Membership;
import io.vestibule.cluster.ownership.ShardOwnership;

/**
 * What presence has around it on its node.
 *
 * @param bus the node's bus
 * @param membership the cluster as the node sees it
 * @param ownership decides who owns which shard
 * @param meters where figures go
 */
public record PresenceEnvironment(Bus bus, Membership membership, ShardOwnership ownership, MeterRegistry meters) {}
