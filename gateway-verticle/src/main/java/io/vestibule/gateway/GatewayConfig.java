package io.vestibule.gateway;

import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PfxOptions;
import io.vestibule.contract.config.DurationText;
import io.vestibule.contract.config.Settings;
import io.vestibule.contract.config.SizeText;
import io.vestibule.gateway.auth.AuthConfig;
import io.vestibule.gateway.bridge.BridgeConfig;
import io.vestibule.gateway.http.OriginPolicy;
import io.vestibule.gateway.topic.TopicRuleConfig;
import java.time.Duration;
import java.util.List;

/**
 * What the gateway is configured with: the parts {@code gateway}, {@code auth}, {@code topics} and {@code bridge} of the file. Sizes are
 * bytes. {@code conf/vestibule.yaml} explains each key.
 */
public record GatewayConfig(Sockets gateway, AuthConfig auth, List<TopicRuleConfig> topics, BridgeConfig bridge) {
  private static final long KIB = 1L << 10;
  private static final long MIB = 1L << 20;
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration HOUR = Duration.ofHours(1);

  public GatewayConfig {
    topics = List.copyOf(topics);
  }

  /** The {@code gateway} part. */
  public record Sockets(
      int instances,
      Http http,
      WebSocket websocket,
      SockJs sockjs,
      Heartbeat heartbeat,
      Limits limits,
      Feeds feeds,
      Duration flushDelay) {
    public Sockets {
      Settings.check()
          .range("instances", instances, 0, 256)
          .duration("flush-delay", flushDelay, Duration.ZERO, SECOND)
          .verify();
    }
  }

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
      Tls tls) {
    public Http {
      trustedProxies = List.copyOf(trustedProxies);
      allowedOrigins = List.copyOf(allowedOrigins);
      Settings.check()
          .filled("host", host)
          .port("port", port)
          .duration("idle-timeout", idleTimeout, SECOND, HOUR)
          .size("max-header-size", maxHeaderSize, KIB, MIB)
          .size("max-initial-line", maxInitialLine, KIB, MIB)
          .size("max-body", maxBody, KIB, 64 * MIB)
          .rule(allowedOrigins.stream().allMatch(OriginPolicy::isEntry), "allowed-origins",
              allowedOrigins + " are not all origins such as https://app.example.com, without a path, or \"*\"")
          .verify();
    }
  }

  /** {@code gateway.http.tls}: a PEM pair or a PKCS12 keystore, or nothing set. */
  public record Tls(String certificate, String key, String keystore, String password) {
    public Tls {
      Settings.check()
          .rule(certificate.isEmpty() == key.isEmpty(), certificate.isEmpty() ? "certificate" : "key",
              "is empty while " + (certificate.isEmpty() ? "key is '" + key : "certificate is '" + certificate) + "': set both or none")
          .rule(certificate.isEmpty() || keystore.isEmpty(), "keystore",
              "'" + keystore + "' and certificate '" + certificate + "' are both set: choose PEM files or a keystore")
          .rule(password.isEmpty() || !keystore.isEmpty(), "password", "is set without a keystore")
          .verify();
    }

    /** Whether the listener speaks TLS. */
    public boolean enabled() {
      return !certificate.isEmpty() || !keystore.isEmpty();
    }

    /** The certificate and its key, where there are any; whoever uses them reads the files. */
    public KeyCertOptions keys() {
      return keystore.isEmpty()
          ? new PemKeyCertOptions().addCertPath(certificate).addKeyPath(key)
          : new PfxOptions().setPath(keystore).setPassword(password);
    }

    /** Without the password. */
    @Override
    public String toString() {
      return "Tls[certificate=" + certificate + ", key=" + key + ", keystore=" + keystore + "]";
    }
  }

  /** {@code gateway.websocket}. */
  public record WebSocket(boolean enabled, long maxFrame, long maxMessage) {
    public WebSocket {
      Settings.check()
          .size("max-frame", maxFrame, 125, 64 * MIB)
          .size("max-message", maxMessage, 125, 64 * MIB)
          .rule(maxFrame <= maxMessage, "max-frame",
              SizeText.format(maxFrame) + " is larger than max-message " + SizeText.format(maxMessage))
          .verify();
    }
  }

  /** {@code gateway.sockjs}. */
  public record SockJs(boolean enabled, String libraryUrl, long maxMessage) {
    public SockJs {
      Settings.check().size("max-message", maxMessage, 125, 64 * MIB).verify();
    }
  }

  /** {@code gateway.feeds}: sockets that speak something simpler than the core dialect. */
  public record Feeds(Events events, Messages messages) {}

  /** {@code gateway.feeds.messages}. */
  public record Messages(boolean enabled) {}

  /** {@code gateway.feeds.events}; 0 means no limit but that of all sockets. */
  public record Events(boolean enabled, int connections) {
    public Events {
      Settings.check().atLeast("connections", connections, 0).verify();
    }
  }

  /** {@code gateway.heartbeat}. */
  public record Heartbeat(Duration interval, Duration timeout) {
    public Heartbeat {
      Settings.check()
          .duration("interval", interval, Duration.ofMillis(100), HOUR)
          .duration("timeout", timeout, Duration.ofMillis(100), HOUR.multipliedBy(2))
          .rule(timeout.compareTo(interval) > 0, "timeout",
              DurationText.format(timeout) + " is not longer than interval " + DurationText.format(interval))
          .verify();
    }
  }

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
      int maxDepth,
      int presenceUpdates,
      long presenceData) {
    public Limits {
      Settings.check()
          .atLeast("connections", connections, 0)
          .atLeast("connections-per-ip", connectionsPerIp, 0)
          .atLeast("subscriptions-per-connection", subscriptionsPerConnection, 1)
          .atLeast("messages-per-second", messagesPerSecond, 0)
          .rule(messagesPerSecond == 0 || messageBurst >= messagesPerSecond, "message-burst",
              messageBurst + " is less than messages-per-second " + messagesPerSecond)
          .duration("auth-timeout", authTimeout, Duration.ZERO, HOUR)
          .atLeast("malformed-frames", malformedFrames, 1)
          .size("outbound-buffer", outboundBuffer, KIB, 1024 * MIB)
          .duration("stall-timeout", stallTimeout, Duration.ofMillis(100), HOUR)
          .range("max-depth", maxDepth, 1, 1000)
          .atLeast("presence-updates", presenceUpdates, 0)
          .size("presence-data", presenceData, 0, 64 * KIB)
          .verify();
    }
  }
}
