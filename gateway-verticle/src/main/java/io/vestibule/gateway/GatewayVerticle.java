package io.vestibule.gateway;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.json.JsonObject;
import io.vestibule.cluster.HealthService;
import io.vestibule.cluster.Registration;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.message.HealthReport;
import io.vestibule.gateway.admission.AdmissionClient;
import io.vestibule.gateway.admission.SlotRenewals;
import io.vestibule.gateway.auth.KeySource;
import io.vestibule.gateway.log.store.TopicLog;
import io.vestibule.gateway.members.MemberBook;
import io.vestibule.gateway.members.NodeMemberships;
import io.vestibule.gateway.metrics.GatewayMeters;
import io.vestibule.gateway.metrics.JobMeters;
import io.vestibule.gateway.presence.NodePresence;
import io.vestibule.gateway.presence.PresenceMeters;
import io.vestibule.gateway.session.LoopClock;
import java.util.ArrayList;
import java.util.List;

/**
 * The gateway of a node: opens the keys, starts an instance on each event loop, answers for their health. Undeployed, it says goodbye to every client first.
 */
public final class GatewayVerticle extends VerticleBase {
  /** The role of nodes that run this verticle. */
  public static final String ROLE = "gateway";

  /** What Vert.x calls a free port that several servers of this process share; 0 would be another one for each. */
  private static final int ANY_SHARED_PORT = -1;

  private final GatewayConfig config;
  private final GatewayEnvironment environment;
  private final List<GatewayInstance> instances = new ArrayList<>();
  private GatewayNode node;
  private Registration renewals;
  private Registration presence;
  private Registration feeds;
  private Registration members;

  public GatewayVerticle(GatewayConfig config, GatewayEnvironment environment) {
    this.config = config;
    this.environment = environment;
  }

  @Override
  public Future<?> start() {
    int wanted = config.gateway().instances();
    int count = wanted > 0 ? wanted : Runtime.getRuntime().availableProcessors();
    GatewayMeters meters = new GatewayMeters(environment.registry());
    return KeySource.open(vertx, config.auth(), reading -> meters.jobs().measured(JobMeters.Job.KEYS, reading)).compose(keys -> {
      LoopClock clock = LoopClock.system();
      node = new GatewayNode(config, environment, meters, keys, clock,
          new AdmissionClient(vertx, environment.bus(), environment.membership(), clock.monotonicMs()),
          new NodePresence(vertx, environment.bus(), environment.membership(), clock, environment.admission().slotGrace(), new PresenceMeters(environment.registry())),
          new NodeMemberships(vertx, new MemberBook(environment.members(), environment.durable().log(), clock.epochMs(), notice -> environment.bus().publish(Addresses.MEMBERS, notice, null))));
      int configured = config.gateway().http().port();
      // Whoever is let in can be spoken of at once.
      return node.notices.serve(environment.bus(), environment.membership().self().id())
          .compose(hears -> node.memberships.start(environment.bus()))
          .onSuccess(hearing -> members = hearing)
          .compose(hears -> node.presence.start())
          .onSuccess(speaking -> presence = speaking)
          .compose(hears -> node.heads.start(vertx))
          .compose(hears -> deployAll(count, configured == 0 ? ANY_SHARED_PORT : configured))
          .compose(all -> node.nodeCommands.serve(environment.bus(), environment.membership().self().id(), node.drain::execute))
          .compose(all -> environment.bus().serve(Addresses.FEEDS.at(environment.membership().self().id()), (query, flow) -> Future.succeededFuture(node.feeds.report())))
          .onSuccess(serving -> feeds = serving)
          .compose(all -> node.reporter.start(vertx))
          .onSuccess(reporting -> renewals = new SlotRenewals(environment.bus(), environment.membership(), node.leases, clock.monotonicMs()).start(vertx))
          .compose(all -> new HealthService(environment.bus())
              .serve(ROLE, environment.membership().self().id(), this::health))
          .onSuccess(serving -> environment.listening().accept(port()));
    }).recover(failed -> stop().transform(stopped -> Future.failedFuture(failed)));
  }

  private Future<?> deployAll(int count, int port) {
    List<Future<String>> deployed = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      GatewayInstance instance = new GatewayInstance(node, port);
      instances.add(instance);
      deployed.add(vertx.deployVerticle(instance, new DeploymentOptions()));
    }
    return Future.all(deployed);
  }

  /** The port that clients connect to, once started. */
  public int port() {
    return instances.get(0).port();
  }

  /** Its event loops. */
  List<GatewayInstance> instances() {
    return instances;
  }

  /** What the event loops share. */
  GatewayNode node() {
    return node;
  }

  private HealthReport health() {
    return HealthReport.of(!node.drain.refusesSessions() && node.keys.ready(), new JsonObject()
        .put("connections", node.meters.connections())
        .put("draining", node.drain.refusesSessions())
        .put("keys", node.keys.ready())
        .put("port", port())
        .put("store", store()));
  }

  /** A store that is down takes nobody out of balancing: everything that is not durable goes on. */
  private JsonObject store() {
    TopicLog.Condition condition = environment.durable().log().condition();
    return new JsonObject().put("state", condition.state()).put("durability", condition.durability()).put("detail", condition.detail());
  }

  @Override
  public Future<?> stop() {
    if (node != null) {
      node.heads.stop();
    }
    // The instances are its children, which Vert.x stops first.
    Future<Void> silent = renewals == null ? Future.succeededFuture() : renewals.close();
    Future<Void> deaf = members == null ? Future.succeededFuture() : members.close();
    Future<Void> unseen = presence == null ? Future.succeededFuture() : presence.close();
    Future<Void> uncounted = feeds == null ? Future.succeededFuture() : feeds.close();
    return node == null ? Future.succeededFuture() : silent.eventually(() -> deaf).eventually(() -> unseen).eventually(() -> uncounted).eventually(node.reporter::end).eventually(node.admissions::close).eventually(node.keys::close).eventually(node.environment.members()::close).eventually(node.environment.durable().log()::close);
  }
}
