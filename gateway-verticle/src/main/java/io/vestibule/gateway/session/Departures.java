package io.vestibule.gateway.session;

import io.vestibule.contract.error.CloseReason;
import io.vestibule.gateway.drain.DrainState;
import io.vestibule.gateway.drain.DrainState.Draining;
import io.vestibule.gateway.drain.MovePlan;
import io.vestibule.gateway.frame.ServerFrame;
import io.vestibule.gateway.session.ConnectionState.Live;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Sends the connections of one event loop elsewhere while its node drains: tells some with each tick, so that neither this event loop nor those of the others have to do with all of them at
 * once, and closes what is left at the deadline, some with each tick too.
 */
public final class Departures {
  private static final int TOLD_IN_A_TICK = 500;
  private static final int CLOSED_IN_A_TICK = 500;
  private static final String REASON = "drain";

  private final ConnectionLoop connections;
  private final ArrayDeque<Connection> untold = new ArrayDeque<>();
  private final PriorityQueue<Leaver> leavers = new PriorityQueue<>(Comparator.comparingLong(Leaver::atMs));
  private MovePlan plan;

  /** A client that cannot be told to move, and so is sent away. */
  private record Leaver(Connection connection, long atMs) {}

  public Departures(ConnectionLoop connections) {
    this.connections = connections;
  }

  /** Does what is due in this state of the node. */
  public void tick(DrainState state) {
    begin(state.plan());
    if (plan == null) {
      return;
    }
    long now = connections.nowMs();
    if (now < plan.deadlineAtMs()) {
      tell(now);
      sendAway(now);
    } else if (state instanceof Draining draining) {
      untold.clear();
      leavers.clear();
      // When the whole cluster drains, who waits stays: a place in the line is worth more than a socket elsewhere.
      connections.closeSome(CLOSED_IN_A_TICK, CloseReason.RESTARTING,
          connection -> !draining.cluster() || connection.principal() != null);
    }
  }

  private void begin(MovePlan now) {
    // The same plan may have been shortened, because the process ends: who was told knows where to go.
    boolean known = now != null && plan != null && now.startedAtMs() == plan.startedAtMs();
    plan = now;
    if (!known) {
      untold.clear();
      leavers.clear();
      if (now != null && now.moves()) {
        connections.forEach(untold::add);
      }
    }
  }

  private void tell(long now) {
    for (int told = 0; told < TOLD_IN_A_TICK && !untold.isEmpty(); ) {
      Connection connection = untold.poll();
      if (connection.state() instanceof Live) {
        long withinMs = plan.windowAt(now);
        if (!connection.send(new ServerFrame.Move(plan.deadlineEpochMs(), withinMs, REASON))) {
          leavers.add(new Leaver(connection, now + ThreadLocalRandom.current().nextLong(withinMs)));
        }
        told++;
      }
    }
  }

  /** Whoever does not know what a move is goes at a random moment, too, and comes back by itself. */
  private void sendAway(long now) {
    for (int closed = 0; closed < CLOSED_IN_A_TICK && !leavers.isEmpty() && leavers.peek().atMs <= now; closed++) {
      leavers.remove().connection.close(CloseReason.RESTARTING);
    }
  }
}
