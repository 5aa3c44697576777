package io.vestibule.gateway.admission;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vestibule.contract.admission.AdmissionAnswer;
import io.vestibule.contract.admission.AdmissionAnswers;
import io.vestibule.contract.admission.AdmissionBatch;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;

/**
 * The commands for the queues of one shard, in the order in which they came. One batch is under way at a time, so that no failure and no change of the leader can
 * turn their order around; and a shard that is just being taken over holds up no other. What comes meanwhile goes with the next batch, {@value #GATHER_MS} ms after the last one at
 * the earliest; the first of an idle time goes at once. One context.
 */
final class CommandLane {
  /** How long one attempt may take; longer than a new coordinator gathers what it must know. */
  static final Duration ATTEMPT = Duration.ofSeconds(4);

  private static final long GATHER_MS = 10;
  private static final long FIRST_BACKOFF_MS = 50;
  private static final long LONGEST_BACKOFF_MS = 500;
  private static final int BATCH_BYTES = 1 << 20;

  /**
   * The way of the lanes to the coordinators.
   *
   * @param self the node id of this gateway
   * @param leaders the node that leads a shard, as far as is known here
   */
  record Road(String self, IntFunction<Optional<String>> leaders, Transmission transmission, Alarm alarm, LongSupplier nowMs) {}

  /** Brings a batch to a node. */
  interface Transmission {
    Future<AdmissionAnswers> send(String node, AdmissionBatch batch, String correlationId);
  }

  /** Calls back at a time. */
  interface Alarm {
    void callAt(long atMs, Runnable action);
  }

  private final int shard;
  private final Road road;
  private final Deque<PendingCommand> waiting = new ArrayDeque<>();
  private List<PendingCommand> underWay = List.of();
  private String target;
  private long flight;
  private Promise<Void> landing;
  private long notBeforeMs;
  private int failures;
  private boolean alarmed;

  CommandLane(int shard, Road road) {
    this.shard = shard;
    this.road = road;
  }

  void add(PendingCommand command) {
    waiting.add(command);
    if (waiting.size() == 1) {
      proceed();
    }
  }

  private void proceed() {
    if (!underWay.isEmpty() || waiting.isEmpty() || alarmed) {
      return;
    }
    long now = road.nowMs.getAsLong();
    if (now < notBeforeMs) {
      alarmed = true;
      road.alarm.callAt(notBeforeMs, () -> {
        alarmed = false;
        proceed();
      });
      return;
    }
    Optional<String> leader = road.leaders.apply(shard);
    if (leader.isEmpty()) {
      backOff();
      proceed();
    } else {
      send(leader.get(), now);
    }
  }

  private void send(String leader, long now) {
    List<PendingCommand> batch = takeBatch();
    if (batch.isEmpty()) {
      return;
    }
    underWay = batch;
    target = leader;
    landing = Promise.promise();
    notBeforeMs = now + GATHER_MS;
    long sent = ++flight;
    List<PendingCommand> commands = batch;
    road.transmission.send(leader, new AdmissionBatch(road.self, commands.stream().map(PendingCommand::command).toList()),
        commands.get(0).correlationId()).onComplete((answers, failed) -> {
          if (sent == flight) {
            landed(failed == null && answers.answers().size() == commands.size() ? answers.answers() : null);
          }
        });
  }

  private List<PendingCommand> takeBatch() {
    var batch = new ArrayList<PendingCommand>(Math.min(waiting.size(), AdmissionBatch.MOST));
    int bytes = 0;
    while (!waiting.isEmpty() && batch.size() < AdmissionBatch.MOST && bytes < BATCH_BYTES) {
      PendingCommand next = waiting.poll();
      if (next.isOpen()) {
        batch.add(next);
        bytes += next.bytes();
      }
    }
    return batch;
  }

  /**
   * The batch is answered, or lost.
   *
   * @param answers one for each command, or null
   */
  private void landed(List<AdmissionAnswer> answers) {
    var again = new ArrayList<PendingCommand>();
    List<PendingCommand> asked = underWay;
    underWay = List.of();
    target = null;
    for (int i = 0; i < asked.size(); i++) {
      if (answers == null || answers.get(i) instanceof AdmissionAnswer.NotLeader) {
        again.add(asked.get(i));
      } else {
        asked.get(i).answer().tryComplete(answers.get(i));
      }
    }
    landing.tryComplete();
    for (int i = again.size() - 1; i >= 0; i--) {
      waiting.addFirst(again.get(i));
    }
    if (again.isEmpty()) {
      failures = 0;
    } else {
      backOff();
    }
    proceed();
  }

  /** Done when no answer is on its way. */
  Future<Void> landing() {
    return underWay.isEmpty() ? Future.succeededFuture() : landing.future();
  }

  private void backOff() {
    long pause = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS << Math.min(failures, 10));
    failures++;
    notBeforeMs = road.nowMs.getAsLong() + pause;
  }

  /** Somebody came or went: a batch at a node that is gone gets no answer, and the next one need not wait for its time. */
  void nodesChanged(Collection<String> live) {
    failures = 0;
    notBeforeMs = Math.min(notBeforeMs, road.nowMs.getAsLong() + FIRST_BACKOFF_MS);
    if (target != null && !live.contains(target)) {
      flight++;
      landed(null);
    }
  }

  /** Fails what has waited too long. */
  void sweep() {
    long now = road.nowMs.getAsLong();
    underWay.forEach(command -> command.expire(now));
    waiting.forEach(command -> command.expire(now));
    waiting.removeIf(command -> !command.isOpen());
  }

  /** Fails everything. */
  void giveUp() {
    flight++;
    underWay.forEach(PendingCommand::giveUp);
    if (landing != null) {
      landing.tryComplete();
    }
    underWay = List.of();
    waiting.forEach(PendingCommand::giveUp);
    waiting.clear();
  }
}
