package io.vestibule.gateway.bridge;

import io.vestibule.gateway.GatewayConfig;
import io.vestibule.gateway.limit.Gcra;
import io.vestibule.gateway.session.LoopClock;

/**
 * What every socket of a bridge shares.
 *
 * @param maxMessage bytes of a frame from a client
 * @param outboundBytes characters that may wait for a slow client
 * @param messages the limit of frames a client may send, or null for none
 */
record BridgeLimits(long maxMessage, long outboundBytes, Gcra messages, LoopClock clock) {
  static BridgeLimits of(GatewayConfig config, LoopClock clock) {
    GatewayConfig.Limits limits = config.gateway().limits();
    return new BridgeLimits(config.bridge().maxMessage(), limits.outboundBuffer(),
        limits.messagesPerSecond() == 0 ? null : new Gcra(limits.messagesPerSecond(), limits.messageBurst()), clock);
  }
}
