package io.vestibule.gateway;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import io.vestibule.gateway.admission.ResumeSecrets;
import io.vestibule.gateway.auth.AuthConfig;
import io.vestibule.gateway.bridge.BridgeConfig;
import io.vestibule.gateway.log.store.TopicLog;
import io.vestibule.gateway.topic.TopicRuleConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import javax.net.ssl.SSLContext;

/** The configuration of a gateway under test: what {@code conf/vestibule.yaml} says, but for what a test sets otherwise. */
final class TestConfig {
  static final String SECRET = "a secret of the tests that is long enough";

  private static final int KIB = 1 << 10;
  private static final int MIB = 1 << 20;

  int instances = 2;
  /** Sockets on epoll where there is epoll, as a node has them; else on Java's own selectors. */
  boolean nativeTransport = true;
  String host = "127.0.0.1";

  /** Whom clients trust, where {@link #tls} is set. */
  SSLContext trust;

  boolean development;
  GatewayConfig.Tls tls = new GatewayConfig.Tls("", "", "", "");
  Duration idleTimeout = Duration.ofSeconds(75);
  List<String> trustedProxies = List.of();
  List<String> allowedOrigins = List.of();
  long maxFrame = MIB;
  long maxMessage = MIB;
  Duration heartbeat = Duration.ofSeconds(30);
  Duration heartbeatTimeout = Duration.ofSeconds(60);
  int connections = 20_000;
  int connectionsPerIp = 100;
  int subscriptions = 200;
  int messagesPerSecond = 100;
  /** No limit: a test opens thousands of sockets from one address. */
  int ipJoins;
  Duration leaveWithin = Duration.ofSeconds(10);
  int messageBurst = 200;
  int presenceUpdates = 60;
  Duration authTimeout = Duration.ofSeconds(10);
  int malformedFrames = 10;
  long outboundBuffer = MIB;
  Duration stallTimeout = Duration.ofSeconds(10);
  Duration flushDelay = Duration.ofMillis(2);
  AuthConfig auth = AuthConfig.none().withSecret(SECRET);
  boolean eventFeed = true;
  int eventConnections = 5_000;
  boolean bridgeEnabled;
  /** Whether somebody owns the shards of presence. */
  boolean presence;
  /** Instead of a small one. */
  BridgeConfig bridge;
  boolean openWhenUnavailable;
  Duration slotGrace = Duration.ofMinutes(1);
  Duration slotPatience = Duration.ofMinutes(1);
  long maxSessionState = 64 * KIB;
  final List<TopicRuleConfig> topics = new ArrayList<>();
  /** Makes the store of topic logs; null for the one of tests. */
  BiFunction<Vertx, MeterRegistry, TopicLog> store;
  /** The client of Redis says as an error that a connection was lost while it was made, and trips over an assertion of its own when one ends that had failed before. */
  boolean redisBreaks;

  /** A token ends when it says so, and not five seconds later. */
  TestConfig withoutLeeway() {
    AuthConfig.Jwt jwt = auth.jwt();
    auth = new AuthConfig(new AuthConfig.Jwt(jwt.secret(), jwt.algorithms(), jwt.keys(), jwt.jwks(), jwt.jwksRefresh(), jwt.issuer(), jwt.audience(), Duration.ZERO, jwt.tokenCache()), auth.apiKeys());
    return this;
  }

  /** A rule that comes before the shipped ones. */
  TestConfig topic(String pattern, String subscribe, String publish, String slowConsumer) {
    topics.add(new TopicRuleConfig(pattern, subscribe, publish, null, null, null, null, null, null, null, null, null, slowConsumer, null));
    return this;
  }

  /** A rule that comes before the shipped ones, of durable topics of which so many messages are kept. */
  TestConfig durableTopic(String pattern, int kept) {
    return durableTopic(pattern, "authenticated", "authenticated", kept);
  }

  /** As the other, for others. */
  TestConfig durableTopic(String pattern, String subscribe, String publish, int kept) {
    topics.add(new TopicRuleConfig(pattern, subscribe, publish, true, kept, null, null, null, null, null, null, null, null, null));
    return this;
  }

  /** A rule that comes before the shipped ones, of topics where whoever is waited for is away. */
  TestConfig awayTopic(String pattern, Duration grace) {
    topics.add(new TopicRuleConfig(pattern, "authenticated", "authenticated", null, null, null, null, null, grace, true, null, null, null, null));
    return this;
  }

  /** A rule that comes before the shipped ones, of topics whose watchers hear of returns. */
  TestConfig returnTopic(String pattern) {
    topics.add(new TopicRuleConfig(pattern, "authenticated", "authenticated", null, null, null, null, null, null, null, true, null, null, null));
    return this;
  }

  GatewayConfig build() {
    var http = new GatewayConfig.Http(host, 0, idleTimeout, 8 * KIB, 4 * KIB, MIB, trustedProxies, allowedOrigins, tls);
    var limits = new GatewayConfig.Limits(connections, connectionsPerIp, subscriptions, messagesPerSecond, messageBurst, authTimeout,
        malformedFrames, outboundBuffer, stallTimeout, 64, presenceUpdates, 2 * KIB);
    var sockets = new GatewayConfig.Sockets(instances, http, new GatewayConfig.WebSocket(true, maxFrame, maxMessage),
        new GatewayConfig.SockJs(true, "", MIB), new GatewayConfig.Heartbeat(heartbeat, heartbeatTimeout), limits,
        new GatewayConfig.Feeds(new GatewayConfig.Events(eventFeed, eventConnections), new GatewayConfig.Messages(true)), flushDelay);
    var small = new BridgeConfig(bridgeEnabled, bridgeEnabled ? List.of("chat.room") : List.of(), List.of(), 20, Duration.ofSeconds(30), 64 * KIB, MIB);
    return new GatewayConfig(sockets, auth, allTopics(), this.bridge == null ? small : this.bridge);
  }

  GatewayAdmissionConfig admission() {
    return new GatewayAdmissionConfig(openWhenUnavailable, Duration.ofMinutes(5), maxSessionState, ResumeSecrets.of(SECRET), "test", ipJoins, slotGrace, slotPatience);
  }

  private List<TopicRuleConfig> allTopics() {
    var all = new ArrayList<>(topics);
    all.add(shipped("user.**", "owner", "servers", true));
    all.add(shipped("conversation.*", "members", "members", true));
    all.add(shipped("board.*", "authenticated", "authenticated", true));
    all.add(shipped("durable.**", "authenticated", "authenticated", true));
    all.add(shipped("public.**", "anyone", "servers", null));
    all.add(shipped("vestibule.**", "nobody", "nobody", null));
    all.add(shipped("**", "authenticated", "authenticated", null));
    return all;
  }

  private static TopicRuleConfig shipped(String pattern, String subscribe, String publish, Boolean durable) {
    return new TopicRuleConfig(pattern, subscribe, publish, durable, null, null, null, null, null, null, null, null, null, null);
  }
}
