package io.vestibule.gateway.bridge;

import java.time.Duration;
import java.util.List;

/** The {@code bridge} part of the configuration; {@code conf/vestibule.yaml} explains each key. */
public record BridgeConfig(
    boolean enabled, List<String> inbound, List<String> outbound, int maxHandlers, Duration pingTimeout, long maxMessage) {}
