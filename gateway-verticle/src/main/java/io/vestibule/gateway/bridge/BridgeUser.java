package io.vestibule.gateway.bridge;

import io.vestibule.gateway.auth.Claims;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Whoever is connected to the bridge, and what is open to them.
 *
 * @param expiresAtMs when their token ends, Unix milliseconds
 * @param inbound addresses they may send and publish to
 * @param outbound addresses they may register at
 */
record BridgeUser(String userId, long expiresAtMs, Set<String> inbound, Set<String> outbound) {
  static BridgeUser of(Claims claims, BridgeConfig config) {
    return new BridgeUser(claims.userId(), claims.expiresAtMs(), open(config.inbound(), claims.userId()), open(config.outbound(), claims.userId()));
  }

  private static Set<String> open(Collection<String> addresses, String userId) {
    return addresses.stream().map(text -> new AddressTemplate(text).of(userId)).collect(Collectors.toUnmodifiableSet());
  }
}
