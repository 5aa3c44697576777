package io.vestibule.gateway.transport;

import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vestibule.gateway.limit.ClientAddress;
import io.vestibule.gateway.limit.ConnectionCounts;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * HTTP connections that are no sockets (yet), counted by the address that they come from: each costs memory and a file descriptor before it has asked for anything. Trusted proxies bring
 * everybody's, and count for nobody. Of one event loop.
 */
public final class PlainConnections {
  /** A page in a browser opens half a dozen at once, and several people may share an address. */
  private static final int FEWEST_PERMITTED = 32;

  private final ConnectionCounts counts;
  private final ClientAddress addresses;
  private final Map<HttpConnection, String> counted = new HashMap<>();

  /**
   * The connections of an event loop.
   *
   * @param counts the node's
   */
  public PlainConnections(ConnectionCounts counts, ClientAddress addresses) {
    this.counts = counts;
    this.addresses = addresses;
  }

  /** The counts of a node whose addresses may have so many sockets each; twice as many plain connections, because a SockJS session without WebSocket takes two. 0 means no limit. */
  public static ConnectionCounts counts(int socketsPerAddress) {
    return new ConnectionCounts(0, socketsPerAddress == 0 ? 0 : Math.max(FEWEST_PERMITTED, 2 * socketsPerAddress));
  }

  /** Counts a new connection in; false when it is one too many, and then it is not counted. */
  public boolean opened(HttpConnection connection) {
    String peer = connection.remoteAddress().hostAddress();
    if (addresses.trusts(peer)) {
      return true;
    }
    String address = addresses.of(peer, List.of());
    boolean permitted = counts.acquire(address).isEmpty();
    if (permitted) {
      counted.put(connection, address);
    }
    return permitted;
  }

  /** Counts a connection out that is gone, or a socket now; once, however often it is called. */
  public void done(HttpConnection connection) {
    String address = counted.remove(connection);
    if (address != null) {
      counts.release(address);
    }
  }

  /** The request may turn its connection into something whose end Vert.x does not tell; the channel does. */
  public void mayUpgrade(HttpServerRequest request) {
    HttpConnection connection = request.connection();
    Carrier.channel(connection).closeFuture().addListener(gone -> done(connection));
  }
}
