package io.vestibule.gateway.limit;

import io.netty.util.NetUtil;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Who a connection counts for: the address of the peer, or what a trusted proxy says of it. An IPv6 client counts by its /64, because one customer has
 * at least that many addresses (RFC 6177). Pure, any thread.
 */
public final class ClientAddress {
  private static final int V4_BYTES = 4;
  private static final int V6_BYTES = 16;
  private static final int V4_MAPPED_PREFIX = 12;
  private static final int NETWORK_BYTES = 8;

  private final Set<String> trustedProxies;

  /**
   * Trusts these peers.
   *
   * @param trustedProxies their addresses, in any of the ways that an address can be written
   */
  public ClientAddress(Collection<String> trustedProxies) {
    this.trustedProxies = trustedProxies.stream().map(proxy -> Objects.requireNonNullElse(whole(proxy), proxy)).collect(Collectors.toSet());
  }

  /** Whether a peer is a trusted proxy, in whichever of its ways the address is written. */
  public boolean trusts(String peer) {
    return trustedProxies.contains(Objects.requireNonNullElse(whole(peer), peer));
  }

  /**
   * The address that counts; never longer than an address is, whatever the header says.
   *
   * @param peer the address at the other end of the TCP connection
   * @param forwardedFor the values of all headers {@code X-Forwarded-For}, in their order; read from the end, each hop only as long as the one behind
   *     it is trusted. What is no address ends the reading: the proxy that says it counts then
   */
  public String of(String peer, List<String> forwardedFor) {
    String client = Objects.requireNonNullElse(whole(peer), peer);
    for (int line = forwardedFor.size() - 1; line >= 0; line--) {
      String hops = forwardedFor.get(line);
      for (int end = hops.length(); end >= 0; ) {
        if (!trustedProxies.contains(client)) {
          return network(client);
        }
        int comma = hops.lastIndexOf(',', end - 1);
        String hop = hops.substring(comma + 1, end).strip();
        if (!hop.isEmpty()) {
          String address = whole(withoutPort(hop));
          if (address == null) {
            return network(client);
          }
          client = address;
        }
        end = comma < 0 ? -1 : comma;
      }
    }
    return network(client);
  }

  /** Some proxies add the port: {@code 192.0.2.1:4711}, {@code [2001:db8::1]:4711}. */
  private static String withoutPort(String hop) {
    if (hop.startsWith("[")) {
      int end = hop.indexOf(']');
      return end < 0 ? hop : hop.substring(1, end);
    }
    int colon = hop.indexOf(':');
    return colon > 0 && colon == hop.lastIndexOf(':') ? hop.substring(0, colon) : hop;
  }

  /** The one way in which this class writes an address, or null for what is none. */
  private static String whole(String text) {
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(text);
    return bytes == null ? null : isV4(bytes) ? v4(bytes) : v6(bytes, V6_BYTES);
  }

  private static String network(String address) {
    byte[] bytes = address.indexOf(':') < 0 ? null : NetUtil.createByteArrayFromIpAddressString(address);
    return bytes == null ? address : v6(bytes, NETWORK_BYTES) + "::/64";
  }

  /** Whether this is an IPv4 address, or one written as IPv6 (RFC 4291, section 2.5.5.2). */
  private static boolean isV4(byte[] bytes) {
    if (bytes.length == V4_BYTES) {
      return true;
    }
    for (int i = 0; i < V4_MAPPED_PREFIX; i++) {
      if (bytes[i] != (i < V4_MAPPED_PREFIX - 2 ? 0 : (byte) 0xFF)) {
        return false;
      }
    }
    return true;
  }

  private static String v4(byte[] bytes) {
    int first = bytes.length - V4_BYTES;
    var text = new StringBuilder();
    for (int i = first; i < bytes.length; i++) {
      text.append(i > first ? "." : "").append(bytes[i] & 0xFF);
    }
    return text.toString();
  }

  private static String v6(byte[] bytes, int count) {
    var text = new StringBuilder();
    for (int i = 0; i < count; i += 2) {
      text.append(i > 0 ? ":" : "").append(Integer.toHexString((bytes[i] & 0xFF) << 8 | bytes[i + 1] & 0xFF));
    }
    return text.toString();
  }
}
