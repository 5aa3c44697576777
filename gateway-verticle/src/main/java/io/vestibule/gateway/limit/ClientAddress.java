package io.vestibule.gateway.limit;

import java.util.Collection;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * Who a connection counts for: the address of the peer, or what a trusted proxy says of it. An IPv6 client counts by its /64, because one customer has
 * at least that many addresses (RFC 6177).
 */
public final class ClientAddress {
  private static final int V6_GROUPS_OF_A_NETWORK = 4;
  private static final int V6_GROUPS = 8;

  private final Set<String> trustedProxies;

  /** Trusts these peers, given as they appear as a peer's address. */
  public ClientAddress(Collection<String> trustedProxies) {
    this.trustedProxies = new HashSet<>(trustedProxies);
  }

  /**
   * The address that counts.
   *
   * @param peer the address at the other end of the TCP connection
   * @param forwardedFor the header {@code X-Forwarded-For}, or null; read from its end, each hop only as long as it is trusted
   */
  public String of(String peer, String forwardedFor) {
    String client = peer;
    if (forwardedFor != null && trustedProxies.contains(peer)) {
      String[] hops = forwardedFor.split(",");
      for (int i = hops.length - 1; i >= 0 && trustedProxies.contains(client); i--) {
        String hop = hops[i].strip();
        if (!hop.isEmpty()) {
          client = hop;
        }
      }
    }
    return network(client);
  }

  private static String network(String address) {
    int zone = address.indexOf('%');
    String bare = zone < 0 ? address : address.substring(0, zone);
    if (bare.indexOf(':') < 0) {
      return bare;
    }
    if (bare.toLowerCase(Locale.ROOT).startsWith("::ffff:") && bare.indexOf('.') > 0) {
      return bare.substring("::ffff:".length());
    }
    String[] groups = expand(bare);
    var network = new StringBuilder();
    for (int i = 0; i < V6_GROUPS_OF_A_NETWORK; i++) {
      network.append(groups[i]).append(':');
    }
    return network.append(":/64").toString();
  }

  private static String[] expand(String v6) {
    int gap = v6.indexOf("::");
    String[] head = (gap < 0 ? v6 : v6.substring(0, gap)).split(":");
    String[] tail = gap < 0 ? new String[0] : v6.substring(gap + 2).split(":");
    var groups = new String[V6_GROUPS];
    for (int i = 0; i < V6_GROUPS; i++) {
      int fromEnd = i - (V6_GROUPS - tail.length);
      String group = i < head.length ? head[i] : fromEnd >= 0 ? tail[fromEnd] : "";
      groups[i] = group.isEmpty() ? "0" : group.replaceFirst("^0+(?=.)", "").toLowerCase(Locale.ROOT);
    }
    return groups;
  }
}
