package io.vestibule.gateway;

import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.admission.AdmissionClient;
import io.vestibule.gateway.admission.NodeNotices;
import io.vestibule.gateway.api.CallMeters;
import io.vestibule.gateway.api.ClusterCommands;
import io.vestibule.gateway.api.NodeCommands;
import io.vestibule.gateway.auth.ApiKeys;
import io.vestibule.gateway.auth.KeySource;
import io.vestibule.gateway.auth.TokenMinter;
import io.vestibule.gateway.bridge.EventBusBridge;
import io.vestibule.gateway.http.OriginPolicy;
import io.vestibule.gateway.limit.AddressStrikes;
import io.vestibule.gateway.limit.ClientAddress;
import io.vestibule.gateway.limit.ConnectionCounts;
import io.vestibule.gateway.metrics.GatewayMeters;
import io.vestibule.gateway.topic.Permissions;
import io.vestibule.gateway.topic.TopicRules;
import io.vestibule.gateway.transport.PlainConnections;
import io.vestibule.gateway.transport.SessionLocks;
import io.vestibule.gateway.transport.SockJsSessions;
import java.util.Optional;

/** What the event loops of this node's gateway share; everything in it is thread-safe. */
final class GatewayNode implements EventBusBridge.Entrance {
  private static final int FORGED_TOKENS = 20;
  private static final long FULL_RETRY_MS = 5_000;
  private static final long DRAINING_RETRY_MS = 1_000;

  final GatewayConfig config;
  final GatewayEnvironment environment;
  final KeySource keys;
  final Permissions permissions;
  final GatewayMeters meters;
  final CallMeters httpCalls;
  final CallMeters busCalls;
  final ClientAddress addresses;
  final ConnectionCounts counts;
  final ConnectionCounts plainCounts;
  final OriginPolicy origins;
  final ApiKeys apiKeys;
  final Optional<TokenMinter> development;
  final ClusterCommands clusterCommands;
  final AdmissionClient admissions;
  final NodeNotices notices;
  final NodeCommands nodeCommands = new NodeCommands();
  final AddressStrikes forgers = new AddressStrikes(FORGED_TOKENS);
  final SessionLocks sessionLocks = new SessionLocks();
  final SockJsSessions sockJsSessions = new SockJsSessions();
  private volatile boolean draining;

  /**
   * What is shared; to be made on the context of the node's own verticle.
   *
   * @param admissions the way to the coordinators
   */
  GatewayNode(GatewayConfig config, GatewayEnvironment environment, KeySource keys, AdmissionClient admissions) {
    this.config = config;
    this.environment = environment;
    this.keys = keys;
    this.permissions = new Permissions(TopicRules.of(config.topics()));
    this.meters = new GatewayMeters(environment.registry());
    this.httpCalls = new CallMeters(environment.registry(), "http");
    this.busCalls = new CallMeters(environment.registry(), "bus");
    this.addresses = new ClientAddress(config.gateway().http().trustedProxies());
    GatewayConfig.Limits limits = config.gateway().limits();
    this.counts = new ConnectionCounts(limits.connections(), limits.connectionsPerIp());
    this.plainCounts = PlainConnections.counts(limits.connectionsPerIp());
    this.origins = new OriginPolicy(config.gateway().http());
    this.apiKeys = ApiKeys.of(config.auth());
    this.development = environment.development() ? Optional.of(TokenMinter.of(config.auth())) : Optional.empty();
    this.admissions = admissions;
    this.notices = new NodeNotices(admissions);
    this.clusterCommands = new ClusterCommands(environment.bus(), environment.membership());
  }

  /** Asks whether one more socket may come in, and counts it if so. */
  Optional<Failure> mayEnter(String address) {
    Optional<Failure> refused = draining
        ? Optional.of(Failure.of(ErrorReason.DRAINING).retryAfter(DRAINING_RETRY_MS))
        : counts.acquire(address).map(reason -> Failure.of(reason).retryAfter(FULL_RETRY_MS));
    refused.ifPresent(failure -> meters.refused(failure.reason()));
    return refused;
  }

  @Override
  public Optional<Failure> enter(String address) {
    return mayEnter(address);
  }

  @Override
  public void leave(String address) {
    counts.release(address);
  }

  boolean draining() {
    return draining;
  }

  void drain() {
    draining = true;
  }
}
