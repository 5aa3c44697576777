package io.vestibule.admission.bus;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vestibule.admission.core.QueueEffect.Write;
import io.vestibule.admission.core.QueueEvent;
import io.vestibule.admission.core.QueueEvent.SlotHeld;
import io.vestibule.admission.core.QueueRules;
import io.vestibule.admission.store.MemoryAdmissionStore;
import io.vestibule.admission.store.MemorySeatStore;
import io.vestibule.contract.admission.AdmissionAnswer;
import io.vestibule.contract.admission.AdmissionCommand;
import io.vestibule.contract.admission.AdmissionCommand.Holder;
import io.vestibule.contract.admission.AdmissionCommand.Join;
import io.vestibule.contract.admission.AdmissionNotice;
import io.vestibule.contract.admission.AdmissionNotices;
import io.vestibule.contract.admission.AdmissionSeen;
import io.vestibule.contract.admission.SocketQuestion;
import io.vestibule.contract.admission.SocketReport;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

/** Leaders of a queue with the real core, a store whose commits a test can hold back, gateways that do as they are told, and time by hand. */
final class LeaderScene {
  static final String QUEUE = "default";
  static final String GATEWAY = "g1";

  final HandTimers timers = new HandTimers();
  final MemorySeatStore seats = new MemorySeatStore();
  final Colleagues colleagues = order -> Future.failedFuture(Failure.of(ErrorReason.TIMEOUT));
  final HeldStore store = new HeldStore();
  final HandGateways gateways = new HandGateways(timers);
  final GatewayLoads loads = new GatewayLoads(true);
  final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  final Map<Long, String> deposed = new HashMap<>();
  final Set<Long> expired = new HashSet<>();
  final Map<Long, Long> disputed = new HashMap<>();
  private final QueueRules rules;
  private final Surroundings surroundings;

  LeaderScene(int capacity) {
    rules = new QueueRules(QUEUE, capacity, 0, Map.of(), 3, false, 60_000, 300_000, 30_000, 60_000, 1_000, 65_536, 0);
    surroundings = new Surroundings("n1", store, seats, colleagues, gateways, loads, timers, new Surroundings.Offload() {
      @Override
      public <T> Future<T> run(Callable<T> work) {
        try {
          return Future.succeededFuture(work.call());
        } catch (Exception thrown) {
          return Future.failedFuture(thrown);
        }
      }
    }, () -> HandTimers.START_MS + timers.nanos() / 1_000_000, timers::nanos, new AdmissionMeters(registry, List.of(rules), store));
  }

  /** A reign that has not begun. */
  QueueLeader leader(long term) {
    return new QueueLeader(new Reign(rules, 7, term, () -> !expired.contains(term)), surroundings, (why, toSurpass) -> deposed.put(term, why));
  }

  /**
   * The queues of a node, which leads none yet.
   *
   * @param turn whether it is this node's turn
   */
  LedQueues queues(BooleanSupplier turn) {
    return new LedQueues(Map.of(QUEUE, rules), surroundings, new LedQueues.Currency() {
      @Override
      public boolean isCurrent(int shard, long term) {
        return !expired.contains(term);
      }

      @Override
      public boolean isTurn(int shard) {
        return turn.getAsBoolean();
      }

      @Override
      public void dispute(int shard, long term, long seen) {
        disputed.put(term, seen);
      }
    });
  }

  /** Lets time pass for a node. */
  void pass(LedQueues queues, Orders orders, long millis) {
    for (long passed = 0; passed < millis; passed += QueueEvent.Tick.MILLIS) {
      timers.pass(QueueEvent.Tick.MILLIS);
      List.copyOf(queues.all()).forEach(QueueLeader::tick);
      queues.tick();
      orders.tick();
    }
  }

  /** A reign that has begun and is open. */
  QueueLeader leading(long term) {
    QueueLeader leader = leader(term);
    leader.start();
    leader.tick();
    return leader;
  }

  /** Asks, and returns where the answer will be. */
  AtomicReference<AdmissionAnswer> ask(QueueLeader leader, AdmissionCommand command) {
    AtomicReference<AdmissionAnswer> answer = new AtomicReference<>();
    leader.ask(GATEWAY, command, "flow", said -> {
      if (!answer.compareAndSet(null, said)) {
        throw new AssertionError("answered twice: " + answer + " and " + said);
      }
    });
    leader.flush();
    return answer;
  }

  static Join join(String user) {
    return new Join(QUEUE, user, "try-" + user, new Holder(GATEWAY, "c-" + user), null, -1, "web", null);
  }

  /** Lets time pass, with ticks. */
  void pass(QueueLeader leader, long millis) {
    for (long passed = 0; passed < millis; passed += QueueEvent.Tick.MILLIS) {
      timers.pass(QueueEvent.Tick.MILLIS);
      leader.tick();
    }
  }

  /** A store that does everything at once, or holds commits back until it is told. */
  static final class HeldStore extends MemoryAdmissionStore {
    final Deque<Runnable> held = new ArrayDeque<>();
    final Deque<Throwable> failures = new ArrayDeque<>();
    final Deque<Throwable> openFailures = new ArrayDeque<>();
    boolean holds;
    boolean opens = true;
    int commits;

    @Override
    public synchronized Future<Image> open(String queue, long term) {
      if (!openFailures.isEmpty()) {
        return Future.failedFuture(openFailures.poll());
      }
      return opens ? super.open(queue, term) : Future.failedFuture(new IllegalStateException("away"));
    }

    @Override
    public synchronized Future<List<SlotHeld>> commit(String queue, long term, List<Write> writes) {
      commits++;
      if (!failures.isEmpty()) {
        return Future.failedFuture(failures.poll());
      }
      if (!holds) {
        return super.commit(queue, term, writes);
      }
      Promise<List<SlotHeld>> promise = Promise.promise();
      held.add(() -> super.commit(queue, term, writes).onComplete(promise));
      return promise.future();
    }

    /** Does what was held back longest. */
    void release() {
      held.remove().run();
    }
  }

  /** Gateways that answer at once, after a while, or not at all. */
  static final class HandGateways implements Gateways {
    private final HandTimers timers;
    /** How long each takes to say what sockets it holds. */
    final Map<String, Integer> delays = new HashMap<>();
    final Set<String> alive = new HashSet<>(Set.of(GATEWAY));
    final Set<String> silent = new HashSet<>();
    final Map<String, List<SocketReport.Socket>> sockets = new HashMap<>();
    final Set<String> gone = new HashSet<>();
    final List<AdmissionNotice> told = new ArrayList<>();
    final List<Long> terms = new ArrayList<>();
    int questions;

    HandGateways(HandTimers timers) {
      this.timers = timers;
    }

    @Override
    public Set<String> alive() {
      return Set.copyOf(alive);
    }

    @Override
    public Future<AdmissionSeen> tell(String gateway, AdmissionNotices notices) {
      if (silent.contains(gateway)) {
        return Future.failedFuture(Failure.of(ErrorReason.TIMEOUT));
      }
      told.addAll(notices.notices());
      terms.add(notices.term());
      return Future.succeededFuture(new AdmissionSeen(notices.notices().stream().map(AdmissionNotice::connection).filter(gone::contains).toList()));
    }

    @Override
    public Future<SocketReport> ask(String gateway, SocketQuestion question, long deadlineMillis) {
      questions++;
      int delay = delays.getOrDefault(gateway, 0);
      if (delay > 0) {
        Promise<SocketReport> late = Promise.promise();
        timers.after(Math.min(delay, deadlineMillis), () -> (delay > deadlineMillis ? Future.<SocketReport>failedFuture(Failure.of(ErrorReason.TIMEOUT))
            : Future.succeededFuture(new SocketReport(sockets.getOrDefault(gateway, List.of()), List.of()))).onComplete(late));
        return late.future();
      }
      return silent.contains(gateway) ? Future.failedFuture(Failure.of(ErrorReason.TIMEOUT))
          : Future.succeededFuture(new SocketReport(sockets.getOrDefault(gateway, List.of()), List.of()));
    }

    /** The connections that were promoted. */
    List<String> promoted() {
      return told.stream().filter(AdmissionNotice.Promoted.class::isInstance).map(AdmissionNotice::connection).toList();
    }
  }
}
