package io.vestibule.gateway.session;

import io.vestibule.gateway.GatewayConfig;
import io.vestibule.gateway.frame.ServerFrame;
import io.vestibule.gateway.limit.Gcra;

/**
 * What every connection of an event loop shares. Times in milliseconds, sizes in bytes, 0 means no limit.
 *
 * @param messages the limit of frames a connection may send, or null for none
 * @param presenceUpdates the limit of what a connection may say of its user, or null for none
 */
public record ConnectionSettings(
    long heartbeatMs,
    long timeoutMs,
    long authTimeoutMs,
    long stallMs,
    long leewayMs,
    long outboundBytes,
    long maxMessageBytes,
    int maxSubscriptions,
    int maxMalformed,
    int messagesPerSecond,
    Gcra messages,
    Gcra presenceUpdates,
    long presenceDataBytes) {

  /** The settings as configured. */
  public static ConnectionSettings of(GatewayConfig gateway) {
    GatewayConfig.Sockets config = gateway.gateway();
    GatewayConfig.Limits limits = config.limits();
    return new ConnectionSettings(
        config.heartbeat().interval().toMillis(),
        config.heartbeat().timeout().toMillis(),
        limits.authTimeout().toMillis(),
        limits.stallTimeout().toMillis(),
        gateway.auth().jwt().leeway().toMillis(),
        limits.outboundBuffer(),
        config.websocket().maxMessage(),
        limits.subscriptionsPerConnection(),
        limits.malformedFrames(),
        limits.messagesPerSecond(),
        limits.messagesPerSecond() == 0 ? null : new Gcra(limits.messagesPerSecond(), limits.messageBurst()),
        limits.presenceUpdates() == 0 ? null : Gcra.perMinute(limits.presenceUpdates()),
        limits.presenceData());
  }

  /** How many refusals for speed in a minute a connection survives: it may misjudge its quota, not ignore it. */
  int maxTooFast() {
    return messages == null ? Integer.MAX_VALUE : Math.max(100, messages.burst());
  }

  ServerFrame.Settings told() {
    return new ServerFrame.Settings(heartbeatMs, timeoutMs, maxMessageBytes, maxSubscriptions, messagesPerSecond);
  }
}
