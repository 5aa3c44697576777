package io.vestibule.gateway.operator;

import io.vestibule.cluster.Membership;
import io.vestibule.gateway.load.ClusterLoads;

/** What operators' calls need; all of it the node's. */
public record OperatorServices(QueueOrders queues, DrainOrders drains, Membership membership, ClusterLoads loads) {}
