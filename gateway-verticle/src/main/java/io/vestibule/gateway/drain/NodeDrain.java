package io.vestibule.gateway.drain;

import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.contract.log.EventLog;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.contract.log.LogKey;
import io.vestibule.contract.message.GatewayCommand;
import io.vestibule.gateway.drain.DrainState.Draining;
import io.vestibule.gateway.drain.DrainState.Ending;
import io.vestibule.gateway.drain.DrainState.Serving;
import io.vestibule.gateway.load.ClusterLoads;
import io.vestibule.gateway.session.LoopClock;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.UnaryOperator;

/**
 * Whether this node serves, and how its sockets leave when it does not. The event loops look at {@link #state} with each tick of theirs and do what it says to their own connections.
 * One for a node; thread-safe.
 */
public final class NodeDrain {
  private static final long ELSEWHERE_RETRY_MS = 1_000;
  private static final long CLUSTER_RETRY_MS = 30_000;
  private static final EventLog LOG = EventLog.of(NodeDrain.class);

  private final LoopClock clock;
  private final ClusterLoads loads;
  private final IntSupplier sockets;
  private final Runnable changed;
  private volatile DrainState state = new Serving();

  /**
   * Serves.
   *
   * @param clock the node's
   * @param sockets how many there are
   * @param changed told after each change, on the thread that made it
   */
  public NodeDrain(LoopClock clock, ClusterLoads loads, IntSupplier sockets, Runnable changed) {
    this.clock = clock;
    this.loads = loads;
    this.sockets = sockets;
    this.changed = changed;
  }

  /** The state now. */
  public DrainState state() {
    return state;
  }

  /** Whether no new sessions are taken. */
  public boolean refusesSessions() {
    return !(state instanceof Serving);
  }

  /** Why no new socket may be opened here, if so. */
  public Optional<Failure> refusesSocket() {
    return refusal(state.refusesSockets(clock.monotonicMs().getAsLong()));
  }

  /** Why nobody may join here, if so. */
  public Optional<Failure> refusesJoin() {
    return refusal(refusesSessions());
  }

  /** Why nobody may come back here with a resume token, if so: its session would have to leave again. */
  public Optional<Failure> refusesResume() {
    return refusal(state.refusesResumes());
  }

  private Optional<Failure> refusal(boolean refused) {
    if (!refused) {
      return Optional.empty();
    }
    boolean cluster = state instanceof Draining draining && draining.cluster();
    return Optional.of(Failure.of(ErrorReason.DRAINING).retryAfter(cluster ? CLUSTER_RETRY_MS : ELSEWHERE_RETRY_MS));
  }

  /** Whether another node of the cluster takes sessions. */
  public boolean othersServe() {
    return !loads.others().isEmpty();
  }

  /**
   * Drains, or serves again; a node that is ending does neither.
   *
   * @return how many sockets there are
   */
  public int execute(GatewayCommand command) {
    if (command instanceof GatewayCommand.Drain drain) {
      MovePlan plan = plan(drain.withinMs(), drain.cluster());
      transition(before -> before instanceof Serving serving ? serving.toDraining(plan, drain.cluster())
          : before instanceof Draining draining ? draining.toDraining(plan, drain.cluster())
          : before);
    } else {
      transition(before -> before instanceof Draining draining ? draining.toServing() : before);
    }
    return sockets.getAsInt();
  }

  /** The process ends: sockets have so long to move, if there is somewhere to go. A second call changes nothing. */
  public void end(long withinMs) {
    MovePlan plan = plan(othersServe() ? withinMs : 0, false);
    transition(before -> before instanceof Serving serving ? serving.toEnding(plan)
        : before instanceof Draining draining ? draining.toEnding(plan)
        : before);
  }

  private MovePlan plan(long withinMs, boolean cluster) {
    return MovePlan.of(clock.monotonicMs().getAsLong(), clock.epochMs().getAsLong(), withinMs, sockets.getAsInt(),
        cluster ? List.of() : loads.others().stream().map(other -> other.load().orElse(null)).toList());
  }

  private void transition(UnaryOperator<DrainState> step) {
    synchronized (this) {
      DrainState before = state;
      state = step.apply(before);
      if (state == before) {
        return;
      }
    }
    log();
    changed.run();
  }

  private void log() {
    DrainState now = state;
    if (now instanceof Serving) {
      LOG.info(LogEvent.DRAIN_ENDED, null).with(LogKey.COUNT, sockets.getAsInt()).write();
    } else {
      LOG.info(LogEvent.DRAIN_STARTED, null).with(LogKey.COUNT, sockets.getAsInt())
          .with(LogKey.DETAIL, now instanceof Ending ? "ending" : ((Draining) now).cluster() ? "cluster" : "node")
          .with(LogKey.DURATION_MS, now.plan().deadlineAtMs() - now.plan().startedAtMs()).write();
    }
  }
}
