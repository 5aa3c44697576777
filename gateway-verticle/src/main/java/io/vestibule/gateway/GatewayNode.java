package io.vestibule.gateway;

import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.auth.KeySource;
import io.vestibule.gateway.limit.ClientAddress;
import io.vestibule.gateway.limit.ConnectionCounts;
import io.vestibule.gateway.metrics.GatewayMeters;
import io.vestibule.gateway.topic.Permissions;
import io.vestibule.gateway.topic.TopicRules;
import java.util.Optional;

/** What the event loops of this node's gateway share; everything in it is thread-safe. */
final class GatewayNode {
  private static final long FULL_RETRY_MS = 5_000;
  private static final long DRAINING_RETRY_MS = 1_000;

  final GatewayConfig config;
  final GatewayEnvironment environment;
  final KeySource keys;
  final Permissions permissions;
  final GatewayMeters meters;
  final ClientAddress addresses;
  final ConnectionCounts counts;
  private volatile boolean draining;

  GatewayNode(GatewayConfig config, GatewayEnvironment environment, KeySource keys) {
    this.config = config;
    this.environment = environment;
    this.keys = keys;
    this.permissions = new Permissions(TopicRules.of(config.topics()));
    this.meters = new GatewayMeters(environment.registry());
    this.addresses = new ClientAddress(config.gateway().http().trustedProxies());
    GatewayConfig.Limits limits = config.gateway().limits();
    this.counts = new ConnectionCounts(limits.connections(), limits.connectionsPerIp());
  }

  /** Asks whether one more socket may come in, and counts it if so. */
  Optional<Failure> mayEnter(String address) {
    Optional<Failure> refused = draining
        ? Optional.of(Failure.of(ErrorReason.DRAINING).retryAfter(DRAINING_RETRY_MS))
        : counts.acquire(address).map(reason -> Failure.of(reason).retryAfter(FULL_RETRY_MS));
    refused.ifPresent(failure -> meters.refused(failure.reason()));
    return refused;
  }

  boolean draining() {
    return draining;
  }

  void drain() {
    draining = true;
  }
}
