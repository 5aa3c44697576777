package io.vestibule.gateway;

import io.vestibule.gateway.auth.AuthConfig;
import io.vestibule.gateway.bridge.BridgeConfig;
import io.vestibule.gateway.topic.TopicRuleConfig;
import java.time.Duration;
import java.util.List;

/**
 * What the gateway is configured with: the parts {@code gateway}, {@code auth}, {@code topics} and {@code bridge} of the file. Sizes are
 * bytes. {@code conf/vestibule.yaml} explains each key.
 */
public record GatewayConfig(Sockets gateway, AuthConfig auth, List<TopicRuleConfig> topics, BridgeConfig bridge) {

  /** The {@code gateway} part. */
  public record Sockets(
      int instances,
      Http http,
      WebSocket websocket,
      SockJs sockjs,
      Heartbeat heartbeat,
      Limits limits,
      Duration flushDelay) {}

  /** {@code gateway.http}: the listener that everything shares. */
  public record Http(
      String host,
      int port,
      Duration idleTimeout,
      long maxHeaderSize,
      long maxInitialLine,
      long maxBody,
      List<String> trustedProxies,
      List<String> allowedOrigins,
      Tls tls) {}

  /** {@code gateway.http.tls}: a PEM pair or a PKCS12 keystore, or nothing set. */
  public record Tls(String certificate, String key, String keystore, String password) {}

  /** {@code gateway.websocket}. */
  public record WebSocket(boolean enabled, long maxFrame, long maxMessage, boolean compression) {}

  /** {@code gateway.sockjs}. */
  public record SockJs(boolean enabled, String libraryUrl, long maxMessage) {}

  /** {@code gateway.heartbeat}. */
  public record Heartbeat(Duration interval, Duration timeout) {}

  /** {@code gateway.limits}; 0 means no limit where the file says so. */
  public record Limits(
      int connections,
      int connectionsPerIp,
      int subscriptionsPerConnection,
      int messagesPerSecond,
      int messageBurst,
      Duration authTimeout,
      int malformedFrames,
      long outboundBuffer,
      Duration stallTimeout,
      int maxDepth) {}
}
