package io.vestibule.gateway.session;

import io.vestibule.cluster.ownership.ShardKinds;
import io.vestibule.contract.error.CloseReason;
import io.vestibule.contract.log.EventLog;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.contract.log.LogKey;
import io.vestibule.gateway.admission.SlotLeases;
import io.vestibule.gateway.session.ConnectionState.Authenticated;
import java.util.ArrayDeque;

/**
 * Closes the connections of one event loop whose slots may be somebody else's soon, because no coordinator has answered for them: those that are in, and have a session to come back to elsewhere. Those
 * who wait hold nothing and stay.
 */
public final class LapsedSlots {
  private static final int CLOSED_IN_A_TICK = 1_000;
  private static final EventLog LOG = EventLog.of(LapsedSlots.class);

  private final ConnectionLoop connections;
  private final SlotLeases leases;
  private final int[] lapses = new int[ShardKinds.QUEUES.count()];
  private final ArrayDeque<Connection> lapsed = new ArrayDeque<>();

  public LapsedSlots(ConnectionLoop connections, SlotLeases leases) {
    this.connections = connections;
    this.leases = leases;
  }

  /** Time has passed. */
  public void tick() {
    leases.expire(connections.nowMs());
    boolean[] now = new boolean[lapses.length];
    boolean any = false;
    for (int shard = 0; shard < lapses.length; shard++) {
      int count = leases.lapses(shard);
      now[shard] = count != lapses[shard];
      any |= now[shard];
      lapses[shard] = count;
    }
    if (any) {
      connections.forEach(connection -> {
        if (holds(connection) && now[ShardKinds.QUEUES.shardOf(connection.session().queue())]) {
          lapsed.add(connection);
        }
      });
      if (!lapsed.isEmpty()) {
        LOG.warn(LogEvent.SLOTS_UNRENEWED, null).with(LogKey.COUNT, lapsed.size()).write();
      }
    }
    for (int closed = 0; closed < CLOSED_IN_A_TICK && !lapsed.isEmpty(); closed++) {
      Connection connection = lapsed.poll();
      if (holds(connection)) {
        connection.close(CloseReason.CUT_OFF);
      }
    }
  }

  private static boolean holds(Connection connection) {
    return connection.state() instanceof Authenticated && connection.session() != null;
  }
}
