package io.vestibule.gateway.bridge;

import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Whoever is connected to the bridge, and what is open to them.
 *
 * @param inbound addresses they may send and publish to
 * @param outbound addresses they may register at
 */
record BridgeUser(String userId, Set<String> inbound, Set<String> outbound) {
  static BridgeUser of(String userId, BridgeConfig config) {
    return new BridgeUser(userId, open(config.inbound(), userId), open(config.outbound(), userId));
  }

  private static Set<String> open(Collection<String> addresses, String userId) {
    return addresses.stream().map(text -> new AddressTemplate(text).of(userId)).collect(Collectors.toUnmodifiableSet());
  }
}
