package io.vestibule.gateway.session;

import io.vestibule.contract.error.CloseReason;
import io.vestibule.gateway.drain.DrainState;
import io.vestibule.gateway.drain.DrainState.Draining;
import io.vestibule.gateway.drain.MovePlan;
import io.vestibule.gateway.frame.ServerFrame;
import io.vestibule.gateway.session.ConnectionState.Authenticated;
import io.vestibule.gateway.session.ConnectionState.Live;
import java.util.ArrayDeque;

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
  private MovePlan plan;

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
    } else if (state instanceof Draining draining) {
      untold.clear();
      // When the whole cluster drains, who waits stays: a place in the line is worth more than a socket elsewhere.
      connections.closeSome(CLOSED_IN_A_TICK, CloseReason.RESTARTING,
          connection -> !draining.cluster() || connection.state() instanceof Authenticated);
    }
  }

  private void begin(MovePlan now) {
    // The same plan may have been shortened, because the process ends: who was told knows where to go.
    boolean known = now != null && plan != null && now.startedAtMs() == plan.startedAtMs();
    plan = now;
    if (!known) {
      untold.clear();
      if (now != null && now.moves()) {
        connections.forEach(untold::add);
      }
    }
  }

  private void tell(long now) {
    for (int told = 0; told < TOLD_IN_A_TICK && !untold.isEmpty(); ) {
      Connection connection = untold.poll();
      if (connection.state() instanceof Live) {
        connection.send(new ServerFrame.Move(plan.deadlineEpochMs(), plan.windowAt(now), REASON));
        told++;
      }
    }
  }
}
