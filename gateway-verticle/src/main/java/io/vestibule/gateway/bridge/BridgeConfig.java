package io.vestibule.gateway.bridge;

import io.vestibule.contract.config.Settings;
import java.time.Duration;
import java.util.List;

/** The {@code bridge} part of the configuration; {@code conf/vestibule.yaml} explains each key. */
public record BridgeConfig(
    boolean enabled, List<String> inbound, List<String> outbound, int maxHandlers, Duration pingTimeout, long maxMessage, long waitingBuffer) {
  public BridgeConfig {
    inbound = List.copyOf(inbound);
    outbound = List.copyOf(outbound);
    Settings check = Settings.check();
    addresses(check, "inbound", inbound);
    addresses(check, "outbound", outbound);
    check
        .rule(!enabled || !inbound.isEmpty() || !outbound.isEmpty(), "enabled",
            "is true while inbound and outbound are both empty: nothing could pass")
        .range("max-handlers", maxHandlers, 1, 1000)
        .duration("ping-timeout", pingTimeout, Duration.ofSeconds(1), Duration.ofHours(1))
        .size("max-message", maxMessage, 125, 64L << 20)
        .size("waiting-buffer", waitingBuffer, 0, 1L << 40)
        .verify();
  }

  private static void addresses(Settings check, String key, List<String> addresses) {
    addresses.forEach(address -> AddressTemplate.problem(address).ifPresent(text -> check.rule(false, key, "'" + address + "' " + text)));
  }
}
