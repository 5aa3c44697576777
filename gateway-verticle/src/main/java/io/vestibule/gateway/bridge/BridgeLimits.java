package io.vestibule.gateway.bridge;

import io.vestibule.gateway.GatewayConfig;
import io.vestibule.gateway.limit.ByteBudget;
import io.vestibule.gateway.limit.Gcra;
import io.vestibule.gateway.metrics.LimitMeters;
import io.vestibule.gateway.session.LoopClock;

/**
 * What every socket of a bridge shares.
 *
 * @param maxMessage bytes of a frame from a client
 * @param outboundBytes characters that may wait for a slow client
 * @param pingTimeoutMs a waiter that is silent for so long is closed
 * @param leewayMs how long a token is good behind its end, because clocks differ
 * @param messages the limit of frames a client may send, or null for none
 * @param meters counts what the limit does
 * @param held what the whole node keeps of what clients say while they wait
 */
record BridgeLimits(long maxMessage, long outboundBytes, long pingTimeoutMs, long leewayMs, Gcra messages, LoopClock clock, LimitMeters meters,
    ByteBudget held) {
  static BridgeLimits of(GatewayConfig config, LoopClock clock, LimitMeters meters, ByteBudget held) {
    GatewayConfig.Limits limits = config.gateway().limits();
    return new BridgeLimits(config.bridge().maxMessage(), limits.outboundBuffer(), config.bridge().pingTimeout().toMillis(),
        config.auth().jwt().leeway().toMillis(),
        limits.messagesPerSecond() == 0 ? null : new Gcra(limits.messagesPerSecond(), limits.messageBurst()), clock, meters, held);
  }

  /** Now, in milliseconds of the loop's monotonic clock. */
  long nowMs() {
    return clock.monotonicMs().getAsLong();
  }
}
