package io.vestibule.gateway;

import io.vestibule.cluster.NodeRef;
import io.vestibule.contract.admission.GatewayLoad;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.admission.AdmissionClient;
import io.vestibule.gateway.admission.Gate;
import io.vestibule.gateway.admission.NodeNotices;
import io.vestibule.gateway.admission.ResumeTokens;
import io.vestibule.gateway.admission.SlotLeases;
import io.vestibule.gateway.api.CallMeters;
import io.vestibule.gateway.api.ClusterCommands;
import io.vestibule.gateway.api.FeedStats;
import io.vestibule.gateway.api.MemberCalls;
import io.vestibule.gateway.api.NodeCommands;
import io.vestibule.gateway.api.PresenceCalls;
import io.vestibule.gateway.auth.ApiKeys;
import io.vestibule.gateway.auth.KeySource;
import io.vestibule.gateway.auth.TokenMinter;
import io.vestibule.gateway.drain.NodeDrain;
import io.vestibule.gateway.http.OriginPolicy;
import io.vestibule.gateway.http.WaitingServices;
import io.vestibule.gateway.limit.AddressLimits;
import io.vestibule.gateway.limit.AddressStrikes;
import io.vestibule.gateway.limit.ByteBudget;
import io.vestibule.gateway.limit.ClientAddress;
import io.vestibule.gateway.limit.ConnectionCounts;
import io.vestibule.gateway.load.ClusterLoads;
import io.vestibule.gateway.load.LoadReporter;
import io.vestibule.gateway.load.LoopLag;
import io.vestibule.gateway.log.HeadWatch;
import io.vestibule.gateway.log.MovedTopics;
import io.vestibule.gateway.log.History;
import io.vestibule.gateway.log.RecentMessages;
import io.vestibule.gateway.members.NodeMemberships;
import io.vestibule.gateway.metrics.CursorMeters;
import io.vestibule.gateway.metrics.FeedMeters;
import io.vestibule.gateway.metrics.GatewayMeters;
import io.vestibule.gateway.metrics.LimitMeters;
import io.vestibule.gateway.metrics.LogMeters;
import io.vestibule.gateway.metrics.LogStoreMeters;
import io.vestibule.gateway.operator.DrainOrders;
import io.vestibule.gateway.operator.OperatorServices;
import io.vestibule.gateway.operator.QueueOrders;
import io.vestibule.gateway.presence.NodePresence;
import io.vestibule.gateway.presence.PresenceLookup;
import io.vestibule.gateway.session.LoopClock;
import io.vestibule.gateway.topic.Permissions;
import io.vestibule.gateway.topic.TopicRules;
import io.vestibule.gateway.transport.PlainConnections;
import io.vestibule.gateway.transport.SessionLocks;
import io.vestibule.gateway.transport.SockJsSessions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** What the event loops of this node's gateway share; everything in it is thread-safe. */
final class GatewayNode {
  private static final int FORGED_TOKENS = 20;
  private static final long FULL_RETRY_MS = 5_000;
  private static final long MILLI_US = 1_000;
  /** Clients and proxies are patient for ten seconds. */
  private static final Duration WAITING_ANSWER = Duration.ofMillis(9_500);

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
  final PresenceCalls presenceCalls;
  final NodeMemberships memberships;
  final MemberCalls memberCalls;
  final History history;
  final FeedMeters feeds;
  final FeedStats feedStats;
  final HeadWatch heads;
  final MovedTopics moved;
  final RecentMessages recent;
  final CursorMeters cursorMeters;
  final AdmissionClient admissions;
  final NodePresence presence;
  final Gate gate;
  final NodeNotices notices;
  final NodeCommands nodeCommands = new NodeCommands();
  final AddressStrikes forgers = new AddressStrikes(FORGED_TOKENS);
  final SessionLocks sessionLocks;
  final SockJsSessions sockJsSessions = new SockJsSessions();
  final ByteBudget bridgeHeld;
  final LoopClock clock;
  final AddressLimits limits;
  final LoopLag loopLag = new LoopLag();
  final ClusterLoads loads;
  final LoadReporter reporter;
  final NodeDrain drain;
  final SlotLeases leases;
  final OperatorServices operators;

  /**
   * What is shared; to be made on the context of the node's own verticle.
   *
   * @param clock what all its event loops go by
   * @param admissions the way to the coordinators
   * @param presence who is where
   * @param memberships who is a member of what
   */
  GatewayNode(GatewayConfig config, GatewayEnvironment environment, GatewayMeters meters, KeySource keys, LoopClock clock, AdmissionClient admissions,
      NodePresence presence, NodeMemberships memberships) {
    this.config = config;
    this.environment = environment;
    this.keys = keys;
    this.permissions = new Permissions(TopicRules.of(config.topics()), memberships);
    this.meters = meters;
    this.httpCalls = new CallMeters(environment.registry(), "http");
    this.busCalls = new CallMeters(environment.registry(), "bus");
    this.addresses = new ClientAddress(config.gateway().http().trustedProxies());
    GatewayConfig.Limits limits = config.gateway().limits();
    this.sessionLocks = new SessionLocks(limits.stallTimeout().toMillis());
    this.bridgeHeld = new ByteBudget(config.bridge().waitingBuffer());
    this.counts = new ConnectionCounts(limits.connections(), limits.connectionsPerIp());
    this.plainCounts = PlainConnections.counts(limits.connectionsPerIp());
    this.origins = new OriginPolicy(config.gateway().http());
    this.apiKeys = ApiKeys.of(config.auth());
    this.development = environment.development() ? Optional.of(TokenMinter.of(config.auth())) : Optional.empty();
    this.clock = clock;
    this.admissions = admissions;
    this.presence = presence;
    this.memberships = memberships;
    this.memberCalls = new MemberCalls(memberships.book(), permissions);
    this.notices = new NodeNotices(admissions, presence);
    this.clusterCommands = new ClusterCommands(environment.bus(), environment.membership());
    this.heads = new HeadWatch(environment.durable().log());
    this.loads = new ClusterLoads(environment.membership(), clock.epochMs());
    this.moved = new MovedTopics(environment.durable().log(), clock, loads.clocks()::lastHourMs);
    this.recent = new RecentMessages(environment.durable().log(), new LogMeters(environment.registry()));
    LogStoreMeters.waiting(environment.registry(), environment.durable().waiting()::taken);
    this.cursorMeters = new CursorMeters(environment.registry());
    this.history = new History(environment.durable(), permissions.rules(), clock.epochMs());
    this.feeds = new FeedMeters(environment.registry());
    this.feedStats = new FeedStats(environment.bus(), environment.membership(), feeds::report);
    this.presenceCalls = new PresenceCalls(new PresenceLookup(environment.bus(), environment.membership()), permissions);
    this.limits = new AddressLimits(environment.admission().ipJoins(), nowUs());
    this.reporter = new LoadReporter(environment.bus(), loads, this::load, meters.jobs());
    this.operators = new OperatorServices(new QueueOrders(environment.bus(), environment.membership()),
        new DrainOrders(environment.bus(), environment.membership()), environment.membership(), loads);
    this.drain = new NodeDrain(clock, loads, counts::all, reporter::reportNow);
    boolean open = environment.admission().openWhenUnavailable();
    this.leases = new SlotLeases(open ? Duration.ZERO : environment.admission().slotPatience(), clock.monotonicMs().getAsLong());
    GatewayMeters.instance(environment.registry(), limits.connections(), counts::all, drain::refusesSessions, admissions::waiting);
    GatewayMeters.members(environment.registry(), memberships::size);
    GatewayMeters.clocks(environment.registry(), loads.clocks()::apartMs);
    GatewayMeters.bridge(environment.registry(), bridgeHeld::taken);
    this.gate = new Gate(drain, address -> this.limits.offence(address, nowUs()));
  }

  private GatewayLoad load(int heapAfterGc, int cpu) {
    NodeRef self = environment.membership().self();
    return new GatewayLoad(self.id(), self.name(), config.gateway().limits().connections(), counts.all(),
        (int) TimeUnit.NANOSECONDS.toMillis(loopLag.take()), heapAfterGc, cpu, drain.refusesSessions(), clock.epochMs().getAsLong());
  }

  /** What waiting over HTTP needs. */
  WaitingServices waiting() {
    return new WaitingServices(environment.membership().self().id(), admissions, ResumeTokens.of(environment.admission()), drain, limits, addresses,
        this::nowUs, environment.admission().maxSessionState(), WAITING_ANSWER, environment.admission().openWhenUnavailable());
  }

  /** Microseconds of the clock that {@link #limits} runs by. */
  long nowUs() {
    return clock.monotonicMs().getAsLong() * MILLI_US;
  }

  /** Asks whether one more socket may come in, and counts it if so. */
  Optional<Failure> mayEnter(String address) {
    Optional<Failure> refused =
        drain.refusesSocket().or(() -> counts.acquire(address).map(reason -> Failure.of(reason).retryAfter(FULL_RETRY_MS)));
    refused.ifPresent(failure -> meters.refused(failure.reason()));
    return refused;
  }

  /** Why an attempt to connect is refused, if it is. */
  Optional<Failure> refusal(AddressLimits.Attempt attempt) {
    if (attempt.state() != null) {
      meters.limits().checked(LimitMeters.Policy.IP_JOINS, attempt.permitted());
    }
    if (attempt.permitted()) {
      return Optional.empty();
    }
    meters.refused(ErrorReason.TOO_MANY_JOINS);
    return Optional.of(Failure.of(ErrorReason.TOO_MANY_JOINS).retryAfter(attempt.waitMs()));
  }
}
