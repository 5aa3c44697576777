package io.vestibule.bench.client;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/**
 * The local addresses that connections are opened from. A server limits the sockets of one address, and one address has only some 28,000
 * ports towards one server; a load client therefore spreads its sockets. An empty list leaves the choice to the system.
 */
public record SourceAddresses(List<InetAddress> addresses) {
  private static final int MOST = 4096;
  private static final int HOSTS = 250;

  public SourceAddresses {
    addresses = List.copyOf(addresses);
  }

  /** The system's choice for each connection. */
  public static SourceAddresses any() {
    return new SourceAddresses(List.of());
  }

  /** As many loopback addresses, 127.0.0.1 and on, as keep each at or below {@code perAddress} sockets. */
  public static SourceAddresses loopback(int sockets, int perAddress) {
    int count = Math.min(MOST, (sockets + perAddress - 1) / perAddress);
    var all = new ArrayList<InetAddress>(count);
    for (int i = 0; i < count; i++) {
      all.add(address(new byte[] {127, 0, (byte) (i / HOSTS), (byte) (1 + i % HOSTS)}));
    }
    return new SourceAddresses(all);
  }

  /**
   * Reads {@code 127.0.0.1-127.0.0.16,10.0.0.5}: IPv4 addresses and ranges, separated by commas.
   *
   * @throws IllegalArgumentException that names the part which is wrong
   */
  public static SourceAddresses parse(String text) {
    var all = new ArrayList<InetAddress>();
    for (String part : text.split(",", -1)) {
      String[] ends = part.trim().split("-", -1);
      long first = number(ends[0], part);
      long last = ends.length == 2 ? number(ends[1], part) : first;
      if (ends.length > 2 || last < first || all.size() + last - first >= MOST) {
        throw new IllegalArgumentException("not a range of at most " + MOST + " IPv4 addresses: " + part.trim());
      }
      for (long at = first; at <= last; at++) {
        all.add(address(new byte[] {(byte) (at >> 24), (byte) (at >> 16), (byte) (at >> 8), (byte) at}));
      }
    }
    return new SourceAddresses(all);
  }

  /** The address of the n-th connection, or null for the system's choice. */
  InetAddress of(int connection) {
    return addresses.isEmpty() ? null : addresses.get(connection % addresses.size());
  }

  private static long number(String dotted, String part) {
    String[] bytes = dotted.trim().split("\\.", -1);
    long number = 0;
    for (String b : bytes) {
      if (bytes.length != 4 || !b.matches("\\d{1,3}") || Integer.parseInt(b) > 255) {
        throw new IllegalArgumentException("not an IPv4 address: " + part.trim());
      }
      number = number << 8 | Integer.parseInt(b);
    }
    return number;
  }

  private static InetAddress address(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("four bytes are an address", e);
    }
  }
}
