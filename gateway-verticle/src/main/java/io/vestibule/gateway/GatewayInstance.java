package io.vestibule.gateway;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.ContextInternal;
import io.vertx.ext.web.Router;
import io.vestibule.cluster.Bus;
import io.vestibule.cluster.Registration;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.error.CloseReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.admission.ResumeTokens;
import io.vestibule.gateway.api.BusApi;
import io.vestibule.gateway.api.CallReader;
import io.vestibule.gateway.api.JsonReader;
import io.vestibule.gateway.api.ServerApi;
import io.vestibule.gateway.auth.TokenVerifier;
import io.vestibule.gateway.bridge.EventBusBridge;
import io.vestibule.gateway.http.HttpRoutes;
import io.vestibule.gateway.http.HttpServices;
import io.vestibule.gateway.http.Problem;
import io.vestibule.gateway.http.RateLimitHeaders;
import io.vestibule.gateway.limit.AddressLimits;
import io.vestibule.gateway.log.LoopCursors;
import io.vestibule.gateway.session.Connection;
import io.vestibule.gateway.session.ConnectionLoop;
import io.vestibule.gateway.session.Departures;
import io.vestibule.gateway.session.LapsedSlots;
import io.vestibule.gateway.session.LoopClock;
import io.vestibule.gateway.transport.Door;
import io.vestibule.gateway.transport.FlushQueue;
import io.vestibule.gateway.transport.SockJsEndpoint;
import io.vestibule.gateway.transport.Transport;
import io.vestibule.gateway.transport.TransportListener;
import io.vestibule.gateway.transport.WebSocketEndpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** One event loop of the gateway: its share of the listener, its connections, its subscriptions. Shares nothing that changes but {@link GatewayNode}. */
final class GatewayInstance extends VerticleBase implements Door {
  private static final int CLOSED_IN_A_BATCH = 250;
  private static final long BATCH_PAUSE_MS = 50;
  private static final long GOODBYES_MS = 15_000;
  private static final Duration LAST_REQUESTS = Duration.ofSeconds(1);
  private static final long SAVE_MS = 100;
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(ConnectionLoop.TICK_MS);

  private final GatewayNode node;
  private final int port;
  private final LoopClock clock;
  private final List<Registration> registrations = new ArrayList<>();
  private CoreDialect core;
  private Departures departures;
  private LapsedSlots lapsed;
  private Listener listener;
  private long nextTickNanos;

  /**
   * An instance.
   *
   * @param port to listen on; negative for any free one that the instances share
   */
  GatewayInstance(GatewayNode node, int port) {
    this.node = node;
    this.clock = node.clock;
    this.port = port;
  }

  @Override
  public Future<?> start() {
    TokenVerifier verifier = node.keys.verifier();
    core = CoreDialect.of(node, verifier, clock, context);
    departures = new Departures(core.connections());
    lapsed = new LapsedSlots(core.connections(), node.leases);
    ServerApi api = new ServerApi(core.publisher(), node.permissions, node.clusterCommands, node.presenceCalls, node.memberCalls, node.history, node.feedStats, clock.monotonicMs());
    listener = new Listener(node, webSockets(), core.events(node), core.messages(node), router(verifier, api), clock.monotonicMs());
    node.nodeCommands.add(context, core.commands()::execute);
    node.heads.add(context, core.tails()::moved);
    node.memberships.add(context, turned -> core.members().turned(core.connections(), turned));
    node.notices.add(context, core.sessions().notices(core.connections()));
    startTicking();
    Bus bus = node.environment.bus();
    BusApi busApi = new BusApi(api, new CallReader(new JsonReader(node.config.gateway().limits().maxDepth())), node.busCalls);
    return Future.all(bus.subscribe(Addresses.FAN, core.tails()::hear), bus.subscribe(Addresses.TYPING, core.typingFan()::hear),
        bus.subscribe(Addresses.PRESENCE_RETURNED, core.presence()::hear), bus.subscribe(Addresses.RECEIPTS, core.receipts()::told),
        bus.subscribe(Addresses.MEMBERS, core.receipts()::hear), busApi.serve(bus)).compose(served -> {
      registrations.addAll(served.list());
      return listener.listen(vertx, port);
    });
  }

  private WebSocketEndpoint webSockets() {
    GatewayConfig.Sockets config = node.config.gateway();
    ContextInternal loop = (ContextInternal) context;
    FlushQueue flushes = new FlushQueue(loop.nettyEventLoop(), config.flushDelay().toNanos());
    return new WebSocketEndpoint(this, loop, flushes, node.addresses, config.websocket(), Problem::respond);
  }

  private Router router(TokenVerifier verifier, ServerApi api) {
    GatewayConfig.Sockets config = node.config.gateway();
    Router router = Router.router(vertx);
    HttpRoutes.mount(router, new HttpServices(node.config, api, verifier, node.apiKeys, node.origins, node.development, clock.epochMs(),
        node.environment.operations(), node.meters, node.httpCalls, node.waiting(), node.operators));
    if (config.sockjs().enabled()) {
      Listener.guardOrigins(node, router, SockJsEndpoint.MOUNT);
      new SockJsEndpoint(this, (ContextInternal) context, node.addresses, node.sessionLocks, node.sockJsSessions, config).mount(vertx, router);
    }
    new EventBusBridge(new EventBusBridge.Parts(node.config, verifier, ResumeTokens.of(node.environment.admission()), node.origins, node.addresses, this, node.sockJsSessions,
        node.bridgeHeld, node.gate::forged, node.meters, clock, (ContextInternal) context, core.connections(), core.authentication())).mount(vertx, router, node.sessionLocks);
    return router;
  }

  /** What its connections stand on. */
  CoreDialect core() {
    return core;
  }

  /** The event loop. */
  Context context() {
    return context;
  }

  /** The port it listens on. */
  int port() {
    return listener.port();
  }

  private void startTicking() {
    vertx.setPeriodic(SAVE_MS, id -> core.sessions().keeper().tick());
    vertx.setPeriodic(LoopCursors.WRITE_MS, id -> core.cursors().tick());
    nextTickNanos = System.nanoTime() + TICK_NANOS;
    vertx.setPeriodic(ConnectionLoop.TICK_MS, id -> {
      long now = System.nanoTime();
      // The timer is the event loop's own, so what it is late by is what everything on this loop is late by.
      long late = Math.max(0, now - nextTickNanos);
      node.meters.loopLag(late);
      node.loopLag.late(late);
      nextTickNanos = now + TICK_NANOS;
      lapsed.tick();
      core.connections().tick();
      core.presence().tick();
      core.typing().tick();
      core.typingFan().tick();
      core.tails().tick();
      core.pace().tick();
      core.members().tick(core.connections());
      core.receipts().tick();
      depart();
      listener.tick();
    });
  }

  @Override
  public Optional<Failure> mayEnter(String address) {
    return node.mayEnter(address);
  }

  @Override
  public Optional<Failure> mayTry(HttpServerRequest request, String address) {
    AddressLimits.Attempt attempt = node.limits.attempt(address, node.nowUs());
    if (attempt.state() != null) {
      RateLimitHeaders.add(request.response().headers(), List.of(attempt.state()), clock.epochMs().getAsLong());
    }
    return node.refusal(attempt);
  }

  @Override
  public void refused(Transport transport, Failure failure) {
    core.connections().refuse(transport, node.drain.refusesSessions() ? CloseReason.RESTARTING : CloseReason.OVER_CAPACITY, failure.getMessage());
  }

  @Override
  public void notOpened(String address) {
    node.counts.release(address);
  }

  @Override
  public TransportListener opened(Transport transport, String address) {
    return core.connections().open(transport, address);
  }

  @Override
  public void reading(TransportListener connection, String token, String queue) {
    if (token != null) {
      core.authentication().authenticate((Connection) connection, token, queue);
    }
  }

  private void depart() {
    departures.tick(node.drain.state());
  }

  private long nowMs() {
    return clock.monotonicMs().getAsLong();
  }

  /** Takes no new sockets, gives the others time to go elsewhere, and says goodbye to the rest in batches, so that they do not all come to the next node in one instant. */
  @Override
  public Future<?> stop() {
    node.drain.end(node.environment.leaveWithin().toMillis());
    return awaitMoves(node.drain.state().plan().deadlineAtMs())
        .compose(moved -> sendAway(nowMs() + GOODBYES_MS))
        .compose(away -> core.cursors().flush().otherwiseEmpty())
        .compose(written -> listener.close(LAST_REQUESTS))
        .eventually(() -> Future.join(registrations.stream().map(Registration::close).toList()));
  }

  /** There is nothing to wait for once all have gone, or the last other node drains too. */
  private Future<Void> awaitMoves(long deadline) {
    if (core.connections().size() == 0 || nowMs() >= deadline || !node.drain.othersServe()) {
      return Future.succeededFuture();
    }
    return vertx.timer(BATCH_PAUSE_MS, TimeUnit.MILLISECONDS).compose(v -> awaitMoves(deadline));
  }

  private Future<Void> sendAway(long deadline) {
    core.connections().closeSome(CLOSED_IN_A_BATCH, CloseReason.RESTARTING);
    if (core.connections().size() == 0 || nowMs() >= deadline) {
      return Future.succeededFuture();
    }
    return vertx.timer(BATCH_PAUSE_MS, TimeUnit.MILLISECONDS).compose(v -> sendAway(deadline));
  }
}
