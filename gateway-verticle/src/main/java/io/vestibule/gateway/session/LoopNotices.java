package io.vestibule.gateway.session;

import io.vestibule.cluster.ownership.ShardKinds;
import io.vestibule.contract.admission.AdmissionAnswer;
import io.vestibule.contract.admission.AdmissionNotice;
import io.vestibule.contract.admission.AdmissionNotice.Ended;
import io.vestibule.contract.admission.AdmissionNotice.Moved;
import io.vestibule.contract.admission.AdmissionNotice.Promoted;
import io.vestibule.contract.admission.AdmissionNotice.Requeued;
import io.vestibule.contract.admission.AdmissionNotice.Unawaited;
import io.vestibule.contract.admission.SocketReport;
import io.vestibule.contract.error.CloseReason;
import io.vestibule.gateway.admission.NodeNotices;
import io.vestibule.gateway.presence.core.Departure;
import io.vestibule.gateway.session.ConnectionState.Authenticated;
import io.vestibule.gateway.session.ConnectionState.Joining;
import io.vestibule.gateway.session.ConnectionState.Known;
import io.vestibule.gateway.session.ConnectionState.Live;
import io.vestibule.gateway.session.ConnectionState.Waiting;
import java.util.ArrayList;
import java.util.List;

/**
 * What coordinators say, unasked, of the connections of one event loop. A notice may come twice, and before the answer that it follows; of a connection that asks right
 * now it is taken for the answer as far as it can be.
 */
public final class LoopNotices implements NodeNotices.Loop {
  private final ConnectionLoop connections;
  private final Subscriptions subscriptions;
  private final SessionKeeper keeper;
  private final Admittance admittance;
  private final Entry entry;
  private final Welcome welcome;

  LoopNotices(ConnectionLoop connections, Subscriptions subscriptions, SessionKeeper keeper, Admittance admittance, Entry entry, Welcome welcome) {
    this.connections = connections;
    this.subscriptions = subscriptions;
    this.keeper = keeper;
    this.admittance = admittance;
    this.entry = entry;
    this.welcome = welcome;
  }

  @Override
  public boolean hear(AdmissionNotice notice) {
    if (notice instanceof Unawaited) {
      // It concerns a connection that is gone, of which the node knows.
      return true;
    }
    Connection connection = connections.ofId(notice.connection());
    if (connection == null || !(connection.state() instanceof Live) || !concerns(connection.state(), notice.queue())) {
      return false;
    }
    if (notice instanceof Promoted promoted) {
      return promoted(connection, promoted);
    } else if (notice instanceof Moved moved) {
      moved(connection, moved);
    } else if (notice instanceof Requeued requeued) {
      return requeued(connection, requeued.waiting());
    } else if (notice instanceof Ended ended) {
      ended(connection, ended);
    }
    return true;
  }

  private static boolean concerns(ConnectionState state, String queue) {
    return state instanceof Known known && known.session() != null && known.session().queue().equals(queue)
        || state instanceof Joining joining && joining.arrival().queue().equals(queue);
  }

  private boolean promoted(Connection connection, Promoted notice) {
    if (connection.state() instanceof Joining joining) {
      return admittance.admittedMeanwhile(connection, joining, notice.admitted());
    }
    Known known = (Known) connection.state();
    if (!known.session().ref().equals(notice.admitted().claim().session())) {
      return false;
    }
    if (known instanceof Waiting waiting) {
      entry.promote(connection, waiting, notice.admitted());
    }
    return true;
  }

  private void moved(Connection connection, Moved notice) {
    if (connection.state() instanceof Waiting waiting) {
      welcome.inLine(connection, null, waiting.session(), notice.standing());
    }
  }

  /** What it was subscribed to ends at once; the session remembers it until it is in again. */
  private boolean requeued(Connection connection, AdmissionAnswer.Waiting waiting) {
    if (connection.state() instanceof Joining) {
      // The answer that is under way says the same.
      return true;
    }
    Known known = (Known) connection.state();
    if (!known.userId().equals(waiting.claim().user())) {
      return false;
    }
    Session session = known.session();
    if (known instanceof Authenticated authenticated) {
      keeper.rest(connection, authenticated);
      connection.transition(authenticated.toRequeued());
      subscriptions.removeAll(connection, Departure.DROPPED, null);
    }
    session.renew(waiting.claim());
    welcome.inLine(connection, null, session, waiting.standing());
    connection.lookAgain();
    return true;
  }

  private void ended(Connection connection, Ended notice) {
    Session session = connection.session();
    if (session != null) {
      session.ended = true;
      if (session.leaving && notice.end() == AdmissionNotice.End.LEFT) {
        // The notice was faster than the answer.
        connection.left(session.leaveId);
        return;
      }
    }
    connection.close(switch (notice.end()) {
      case REPLACED -> CloseReason.REPLACED;
      case TAKEN_OVER -> CloseReason.TAKEN_OVER;
      case REVOKED -> CloseReason.REVOKED;
      case LEFT -> CloseReason.NORMAL;
      case EXPIRED -> CloseReason.TOKEN_EXPIRED;
      case LOST -> CloseReason.SESSION_LOST;
    });
  }

  @Override
  public List<SocketReport.Socket> sockets(int shard) {
    var sockets = new ArrayList<SocketReport.Socket>();
    connections.forEach(connection -> {
      if (connection.state() instanceof Known known && known.session() != null && ShardKinds.QUEUES.shardOf(known.session().queue()) == shard) {
        boolean in = known instanceof Authenticated;
        sockets.add(new SocketReport.Socket(known.session().queue(), connection.id(), known.session().claim(), in, in ? 0 : known.session().position));
      } else if (connection.state() instanceof Joining joining && joining.admitted() != null && ShardKinds.QUEUES.shardOf(joining.arrival().queue()) == shard) {
        sockets.add(new SocketReport.Socket(joining.arrival().queue(), connection.id(), joining.admitted(), true, 0));
      }
    });
    return sockets;
  }
}
