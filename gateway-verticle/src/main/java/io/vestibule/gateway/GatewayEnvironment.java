package io.vestibule.gateway;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.ext.web.Router;
import io.vestibule.cluster.Bus;
import io.vestibule.cluster.Membership;
import io.vestibule.gateway.log.DurableTopics;
import io.vestibule.gateway.members.store.MemberStore;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * What the node gives its gateway.
 *
 * @param development whether nobody configured authentication: the secret is a generated one then, and a page lets everybody in
 * @param admission what it has to know of the waiting line
 * @param durable where messages are kept
 * @param members where it is kept who is a member of which topics
 * @param operations routes of the node's own (health, metrics) that the gateway's listener serves too
 * @param listening is told the port, once every event loop listens
 * @param leaveWithin how long clients have to go to another node when this gateway is undeployed; they have no time where there is none
 */
public record GatewayEnvironment(
    Bus bus,
    Membership membership,
    MeterRegistry registry,
    boolean development,
    GatewayAdmissionConfig admission,
    DurableTopics durable,
    MemberStore members,
    List<Consumer<Router>> operations,
    IntConsumer listening,
    Duration leaveWithin) {}
