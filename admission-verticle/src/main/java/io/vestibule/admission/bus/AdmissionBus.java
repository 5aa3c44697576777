package io.vestibule.admission.bus;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.admission.AdmissionEnvironment;
import io.vestibule.admission.core.QueueEvent;
import io.vestibule.admission.core.QueueRules;
import io.vestibule.admission.store.AdmissionStore;
import io.vestibule.cluster.Bus;
import io.vestibule.cluster.Majority;
import io.vestibule.cluster.Membership;
import io.vestibule.cluster.Registration;
import io.vestibule.cluster.ownership.ShardKinds;
import io.vestibule.contract.admission.AdmissionAnswer;
import io.vestibule.contract.admission.AdmissionAnswer.NotLeader;
import io.vestibule.contract.admission.AdmissionAnswer.Quota;
import io.vestibule.contract.admission.AdmissionAnswer.Refused;
import io.vestibule.contract.admission.AdmissionAnswers;
import io.vestibule.contract.admission.AdmissionBatch;
import io.vestibule.contract.admission.AdmissionCommand;
import io.vestibule.contract.admission.SeatOrder;
import io.vestibule.contract.admission.SeatReport;
import io.vestibule.contract.admission.SlotRenewal;
import io.vestibule.contract.admission.SlotsRenewed;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.contract.log.EventLog;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.contract.log.LogKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;

/** The waiting line on the bus: answers gateways and operators, hears how the gateways are, and leads the queues that are this node's turn. */
public final class AdmissionBus {
  private static final long RETRY_AFTER_MILLIS = 2_000;

  private static final EventLog LOG = EventLog.of(AdmissionBus.class);

  private final AdmissionEnvironment environment;
  private final Vertx vertx;
  private final Bus bus;
  private final Membership membership;
  private final GatewayLoads loads;
  private final Surroundings surroundings;
  private final LedQueues queues;
  private final Orders orders;
  private final SettingsWatch settings;
  private final List<Registration> registrations = new ArrayList<>();
  private long ticking;
  private boolean warned;

  /**
   * Does nothing before {@link #start}.
   *
   * @param rules of each queue, by name
   * @param adaptive whether strained nodes slow admissions
   */
  public AdmissionBus(Vertx vertx, AdmissionEnvironment environment, Map<String, QueueRules> rules, boolean adaptive) {
    this.vertx = vertx;
    this.environment = environment;
    this.bus = environment.bus();
    this.membership = environment.membership();
    this.loads = new GatewayLoads(adaptive);
    String self = membership.self().id();
    AdmissionMeters meters = new AdmissionMeters(environment.meters(), rules.values(), environment.store());
    this.surroundings = new Surroundings(self, environment.store(), environment.seats(), Colleagues.of(bus, environment.ownership()),
        Gateways.of(bus, membership), loads, this::after, offload(vertx),
        System::currentTimeMillis, System::nanoTime, meters);
    this.queues = new LedQueues(rules, surroundings, new Shards());
    this.orders = new Orders(queues, self, surroundings::monotonicMs);
    this.settings = new SettingsWatch(membership, rules.values());
  }

  /** Begins to serve, and to lead, on the calling context. */
  public Future<Void> start() {
    String self = membership.self().id();
    checkMajority();
    Context context = vertx.getOrCreateContext();
    registrations.add(membership.watch(change -> context.runOnContext(here -> checkMajority())));
    ticking = vertx.setPeriodic(QueueEvent.Tick.MILLIS, timer -> tick());
    return Future.all(List.of(
            bus.serve(Addresses.ADMISSION.at(self), this::answer),
            bus.serve(Addresses.ADMISSION_RENEWAL.at(self), (asked, flow) -> Future.succeededFuture(renew(asked))),
            bus.serve(Addresses.ADMISSION_ORDER.at(self), orders::answer),
            bus.serve(Addresses.ADMISSION_SEAT.at(self), this::makeRoom),
            settings.start(vertx, bus),
            bus.subscribe(Addresses.GATEWAY_LOAD, load -> loads.heard(load, surroundings.monotonicMs()))))
        .onSuccess(served -> {
          registrations.addAll(served.list());
          registrations.add(environment.ownership().watch(ShardKinds.QUEUES, queues));
        })
        .mapEmpty();
  }

  /** Gives everything up: the shards first, so that another node takes over at once. */
  public Future<Void> stop() {
    vertx.cancelTimer(ticking);
    queues.end();
    orders.end();
    List<Registration> closing = new ArrayList<>(registrations);
    Collections.reverse(closing);
    return Future.join(closing.stream().map(Registration::close).toList()).mapEmpty();
  }

  /** How the line is on this node. */
  public JsonObject health() {
    AdmissionStore.Condition condition = environment.store().condition();
    JsonArray led = new JsonArray();
    int opening = 0;
    for (QueueLeader leader : queues.all()) {
      if (leader.isOpen()) {
        led.add(leader.queue());
      } else {
        opening++;
      }
    }
    return new JsonObject()
        .put("queues", led)
        .put("opening", opening)
        .put("hindered", hindered())
        .put("enforced", true)
        .put("minority", queues.isMinority())
        .put("durability", condition.durability())
        .put("store", new JsonObject().put("state", condition.state()).put("detail", condition.detail()));
  }

  private JsonObject hindered() {
    JsonObject hindered = new JsonObject();
    queues.hindrances().forEach((queue, why) -> hindered.put(queue, why.toJson(surroundings.monotonicMs())));
    return hindered;
  }

  /** Whether the line can be served: the node sees enough of its cluster, and the store takes what is decided. */
  public boolean isHealthy() {
    return !queues.isMinority() && !environment.store().condition().state().equals("down");
  }

  private Future<AdmissionAnswers> answer(AdmissionBatch batch, String correlationId) {
    if (batch.commands().size() > AdmissionBatch.MOST) {
      return Future.failedFuture(Failure.of(ErrorReason.MESSAGE_TOO_LARGE));
    }
    // A gateway that this node does not see (yet, or any more) would never be missed when it dies: it asks again.
    boolean known = membership.view().node(batch.gateway()).isPresent();
    BatchReply reply = new BatchReply(batch.commands().size());
    Set<QueueLeader> asked = new HashSet<>();
    for (int i = 0; i < batch.commands().size(); i++) {
      AdmissionCommand command = batch.commands().get(i);
      if (known && !isMinority() && queues.leader(command.queue()).isPresent()) {
        QueueLeader leader = queues.leader(command.queue()).get();
        asked.add(leader);
        leader.ask(batch.gateway(), command, correlationId, reply.at(i));
      } else {
        reply.at(i).accept(refusal(command));
      }
    }
    asked.forEach(QueueLeader::flush);
    return reply.future();
  }

  private Future<SeatReport> makeRoom(SeatOrder order, String correlationId) {
    if (!queues.isConfigured(order.queue())) {
      return Future.failedFuture(Failure.of(ErrorReason.UNKNOWN_QUEUE));
    }
    return isMinority() ? Future.failedFuture(Failure.of(ErrorReason.MINORITY)) : queues.leader(order.queue())
        .map(leader -> leader.makeRoom(order, correlationId)).orElse(Future.failedFuture(Failure.of(ErrorReason.ADMISSION_UNAVAILABLE)));
  }

  /** The store is not asked: what matters is that this node leads, and has not given up the gateway's sockets. */
  private SlotsRenewed renew(SlotRenewal asked) {
    boolean known = membership.view().node(asked.gateway()).isPresent() && !isMinority();
    long renewed = 0;
    for (int shard = 0; known && shard < ShardKinds.QUEUES.count(); shard++) {
      long bit = 1L << shard;
      renewed |= (asked.shards() & bit) != 0 && queues.counts(shard, asked.gateway()) ? bit : 0;
    }
    return new SlotsRenewed(renewed);
  }

  private AdmissionAnswer refusal(AdmissionCommand command) {
    if (!queues.isConfigured(command.queue())) {
      return new Refused(ErrorReason.UNKNOWN_QUEUE, 0, 0, 0, Quota.NONE);
    }
    // What nobody waits for is said again until somebody leads; to refuse it would end it.
    boolean awaited = command instanceof AdmissionCommand.Join || command instanceof AdmissionCommand.Resume || command instanceof AdmissionCommand.Poll
        || command instanceof AdmissionCommand.Leave;
    return awaited && isMinority() ? new Refused(ErrorReason.MINORITY, RETRY_AFTER_MILLIS, 0, 0, Quota.NONE) : new NotLeader();
  }

  private void tick() {
    checkMajority();
    for (QueueLeader leader : List.copyOf(queues.all())) {
      leader.tick();
    }
    queues.tick();
    orders.tick();
  }

  private void checkMajority() {
    int members = membership.view().nodes().size();
    queues.minority(isMinority());
    if (!warned && members >= Majority.SMALLEST && !environment.majority().isRequired()) {
      warned = true;
      LOG.warn(LogEvent.CLUSTER_UNEXPECTED_SIZE, null).with(LogKey.MEMBERS, members)
          .with(LogKey.DETAIL, "set cluster.expected-size, or the halves of a partition admit people each by itself").write();
    }
  }

  private boolean isMinority() {
    return environment.majority().isMinority(membership.view().nodes().size());
  }

  /** The shards of queues, as this node holds them. */
  private final class Shards implements LedQueues.Currency {
    /** Asked before anything is said, so it is the membership of this moment that counts, not that of the last tick. */
    @Override
    public boolean isCurrent(int shard, long term) {
      return !isMinority() && environment.ownership().isCurrent(ShardKinds.QUEUES, shard, term);
    }

    @Override
    public boolean isTurn(int shard) {
      return environment.ownership().ownerOf(ShardKinds.QUEUES, shard).filter(membership.self()::equals).isPresent();
    }

    @Override
    public void dispute(int shard, long term, long seen) {
      environment.ownership().dispute(ShardKinds.QUEUES, shard, term, seen);
    }
  }

  private Runnable after(long millis, Runnable task) {
    long id = vertx.setTimer(millis, timer -> task.run());
    return () -> vertx.cancelTimer(id);
  }

  private static Surroundings.Offload offload(Vertx vertx) {
    return new Surroundings.Offload() {
      @Override
      public <T> Future<T> run(Callable<T> work) {
        return vertx.executeBlocking(work, false);
      }
    };
  }
}
