package io.vestibule.gateway.admission;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vestibule.cluster.Bus;
import io.vestibule.cluster.CallerPromise;
import io.vestibule.cluster.ClusterChange;
import io.vestibule.cluster.Membership;
import io.vestibule.cluster.NodeRef;
import io.vestibule.cluster.Registration;
import io.vestibule.cluster.ownership.ShardDirectory;
import io.vestibule.cluster.ownership.ShardKinds;
import io.vestibule.contract.admission.AdmissionAnswer;
import io.vestibule.contract.admission.AdmissionCommand;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Asks coordinators over the bus. Commands go in a {@link CommandLane} for each shard of queues, on one context for the whole node; what waits is bounded in number and in
 * bytes, and what finds no room fails at once.
 */
public final class AdmissionClient implements Admissions {
  /** What a client that was refused for want of a coordinator should wait. */
  public static final long RETRY_MS = 2_000;

  private static final int MOST_WAITING = 100_000;
  private static final long MOST_WAITING_BYTES = 64L << 20;
  private static final long SWEEP_MS = 250;
  private static final long LANDING_MS = 250;
  private static final long LAST_WORDS_MS = 2_000;
  private static final long LAST_LOOK_MS = 10;

  private final Vertx vertx;
  private final Context context;
  private final CommandLane.Road road;
  private final LongSupplier monotonicMs;
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicLong waitingBytes = new AtomicLong();
  private final Map<Integer, CommandLane> lanes = new HashMap<>();
  private final Registration changes;
  private final long sweeper;

  /**
   * A client of this node; to be made on the context that it is to work on.
   *
   * @param monotonicMs milliseconds since some moment
   */
  public AdmissionClient(Vertx vertx, Bus bus, Membership membership, LongSupplier monotonicMs) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.monotonicMs = monotonicMs;
    String self = membership.self().id();
    ShardDirectory directory = new ShardDirectory(membership);
    this.road = new CommandLane.Road(self, shard -> directory.ownerOf(ShardKinds.QUEUES, shard).map(NodeRef::id),
        (node, batch, flow) -> bus.request(Addresses.ADMISSION.at(node), batch, CommandLane.ATTEMPT, flow), this::callAt, monotonicMs);
    this.changes = membership.watch(change -> context.runOnContext(here -> nodesChanged(change)));
    this.sweeper = vertx.setPeriodic(SWEEP_MS, id -> lanes.values().forEach(CommandLane::sweep));
  }

  private void callAt(long atMs, Runnable action) {
    vertx.setTimer(Math.max(1, atMs - monotonicMs.getAsLong()), id -> action.run());
  }

  @Override
  public Future<AdmissionAnswer> ask(AdmissionCommand command, String correlationId) {
    int bytes = PendingCommand.weightOf(command);
    int ahead = waiting.incrementAndGet();
    if (waitingBytes.addAndGet(bytes) > MOST_WAITING_BYTES || ahead > MOST_WAITING) {
      release(bytes);
      return Future.failedFuture(Failure.of(ErrorReason.ADMISSION_UNAVAILABLE).retryAfter(RETRY_MS));
    }
    Promise<AdmissionAnswer> answer = CallerPromise.create();
    PendingCommand pending = new PendingCommand(command, bytes, correlationId, monotonicMs.getAsLong(), answer);
    context.runOnContext(here -> lane(command.queue()).add(pending));
    return answer.future().onComplete(done -> release(bytes));
  }

  /** Commands that wait for an answer. */
  public int waiting() {
    return waiting.get();
  }

  private void release(int bytes) {
    waiting.decrementAndGet();
    waitingBytes.addAndGet(-bytes);
  }

  private CommandLane lane(String queue) {
    return lanes.computeIfAbsent(ShardKinds.QUEUES.shardOf(queue), shard -> new CommandLane(shard, road));
  }

  private void nodesChanged(ClusterChange change) {
    List<String> live = change.now().nodesWithRole(ShardKinds.QUEUES.role()).stream().map(NodeRef::id).toList();
    lanes.values().forEach(lane -> lane.nodesChanged(live));
  }

  /** Done when the answers for a shard that may be on their way have come, or a moment later. To be called on its own context. */
  Future<Void> landed(int shard) {
    CommandLane lane = lanes.get(shard);
    return lane == null ? Future.succeededFuture() : lane.landing().timeout(LANDING_MS, TimeUnit.MILLISECONDS).otherwiseEmpty();
  }

  /** Ends it: what is still to be said gets two seconds, and the rest fails. To be called on its own context. */
  public Future<Void> close() {
    return lastWords(monotonicMs.getAsLong() + LAST_WORDS_MS).compose(said -> {
      vertx.cancelTimer(sweeper);
      lanes.values().forEach(CommandLane::giveUp);
      return changes.close();
    });
  }

  private Future<Void> lastWords(long untilMs) {
    if (waiting.get() == 0 || monotonicMs.getAsLong() >= untilMs) {
      return Future.succeededFuture();
    }
    return vertx.timer(LAST_LOOK_MS, TimeUnit.MILLISECONDS).compose(v -> lastWords(untilMs));
  }
}
