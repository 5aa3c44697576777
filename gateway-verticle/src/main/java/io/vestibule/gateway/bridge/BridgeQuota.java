package io.vestibule.gateway.bridge;

import io.vertx.core.buffer.Buffer;
import io.vestibule.contract.error.CloseReason;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.gateway.limit.Strikes;
import io.vestibule.gateway.metrics.LimitMeters;
import java.util.Optional;

/** How large and how fast what a client of the bridge sends may be, and how often it may be wrong in that. One for each socket; on its event loop. */
final class BridgeQuota {
  private static final int MAX_STRIKES = 100;
  private static final long MICROS_OF_A_MILLI = 1_000;

  private final BridgeLimits limits;
  private long tatUs;
  private long strikes;

  BridgeQuota(BridgeLimits limits) {
    this.limits = limits;
  }

  /** Counts a frame, and says what is wrong with it if anything is. */
  Optional<ErrorReason> refuses(Buffer frame) {
    return frame.length() > limits.maxMessage() ? Optional.of(ErrorReason.MESSAGE_TOO_LARGE)
        : isTooFast() ? Optional.of(ErrorReason.RATE_LIMITED) : Optional.empty();
  }

  private boolean isTooFast() {
    if (limits.messages() == null) {
      return false;
    }
    long nowUs = limits.nowMs() * MICROS_OF_A_MILLI;
    boolean permitted = limits.messages().waitUs(tatUs, nowUs) == 0;
    limits.meters().checked(LimitMeters.Policy.CONNECTION_MESSAGES, permitted);
    if (permitted) {
      tatUs = limits.messages().take(tatUs, nowUs);
    }
    return !permitted;
  }

  /** Counts an offence, and says what ends a client that has had too many within a minute. */
  Optional<CloseReason> strike(ErrorReason offence) {
    if (offence == ErrorReason.UNAVAILABLE) {
      // That so many others wait is not the client's fault.
      return Optional.empty();
    }
    strikes = Strikes.add(strikes, limits.nowMs());
    return Strikes.count(strikes) <= MAX_STRIKES ? Optional.empty()
        : Optional.of(offence == ErrorReason.RATE_LIMITED ? CloseReason.TOO_FAST : CloseReason.PROTOCOL_ABUSE);
  }
}
