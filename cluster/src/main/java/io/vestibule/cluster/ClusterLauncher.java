package io.vestibule.cluster;

import com.hazelcast.config.Config;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.transport.Transport;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import io.vestibule.cluster.guard.GuardedTransport;
import io.vestibule.cluster.hazelcast.HazelcastSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** Starts this process as a node of the cluster: Hazelcast, the clustered event bus, the membership. */
public final class ClusterLauncher {
  private static final int CONNECT_TIMEOUT_MILLIS = 5_000;
  private static final int PING_MILLIS = 5_000;

  /** Nodes ping each other; a connection that stays silent for this many failure timeouts is not a node's, or not alive. */
  private static final int SILENT_TIMEOUTS = 3;

  private ClusterLauncher() {}

  /**
   * Joins the cluster, or begins one. Not to be called on an event loop: it resolves host names first.
   *
   * @param config the {@code cluster} part of the configuration
   * @param name what operators call this node
   * @param roles what it runs
   * @param mode what the others must know before they work with this node, see {@link ClusterNode#modesOfOthers}; empty for nothing
   * @param options Vert.x options; their event-bus options are overwritten
   * @param builder adds what else Vert.x is to be built with, a metrics factory for instance; not a transport
   * @return the node; fails with a {@link ClusterException} whose message is one line for the person who starts it
   */
  public static Future<ClusterNode> launch(ClusterConfig config, String name, Set<String> roles, String mode, VertxOptions options,
      UnaryOperator<VertxBuilder> builder) {
    HazelcastClusterManager manager;
    VertxOptions clustered;
    try {
      Config hazelcast = HazelcastSettings.of(config);
      if (!mode.isEmpty()) {
        hazelcast.getMemberAttributeConfig().setAttribute(ClusterNode.MODE, mode);
      }
      manager = new HazelcastClusterManager(hazelcast);
      clustered = new VertxOptions(options).setEventBusOptions(
          eventBus(config).setClusterNodeMetadata(ClusteredMembership.metadata(name, roles)));
    } catch (ClusterException refused) {
      return Future.failedFuture(refused);
    }
    GuardedTransport transport = new GuardedTransport(transport(options));
    return builder.apply(Vertx.builder().with(clustered)).withTransport(transport).withClusterManager(manager).buildClustered()
        .recover(thrown -> Future.failedFuture(explain(config, thrown)))
        .map(vertx -> {
          transport.joined();
          HazelcastSettings.completeMembers(manager.getHazelcastInstance(), config);
          HazelcastSettings.prepareReunion(vertx, manager.getHazelcastInstance());
          NodeRef self = new NodeRef(manager.getNodeId(), name, roles);
          return new ClusterNode(vertx, manager.getHazelcastInstance(), ClusteredMembership.start(vertx, manager, self));
        });
  }

  /** As the other, without a mode and with nothing added to the builder. */
  public static Future<ClusterNode> launch(ClusterConfig config, String name, Set<String> roles, VertxOptions options) {
    return launch(config, name, roles, "", options, UnaryOperator.identity());
  }

  /** The transport that Vert.x would choose by these options. */
  private static Transport transport(VertxOptions options) {
    Transport chosen = options.getPreferNativeTransport() ? Transport.nativeTransport() : null;
    return chosen != null && chosen.available() ? chosen : Transport.NIO;
  }

  /**
   * The event bus between nodes. Vert.x trusts any certificate and waits a minute for a connection unless told otherwise, and
   * notices a dead link only when a ping fails. Pings come before the silence that closes a link.
   */
  static EventBusOptions eventBus(ClusterConfig config) {
    EventBusOptions bus = new EventBusOptions()
        .setHost(config.host())
        .setPort(config.busPort())
        .setClusterPublicHost(config.reachableHost())
        .setConnectTimeout(CONNECT_TIMEOUT_MILLIS)
        .setClusterPingInterval(PING_MILLIS)
        .setClusterPingReplyInterval(config.failureTimeout().toMillis())
        .setReadIdleTimeout((int) (SILENT_TIMEOUTS * config.failureTimeout().toSeconds()))
        .setIdleTimeoutUnit(TimeUnit.SECONDS)
        .setTcpNoDelay(true)
        .setTcpKeepAlive(true)
        .setTrustAll(false);
    ClusterConfig.Tls tls = config.tls();
    if (tls.enabled()) {
      bus.setSsl(true)
          .setClientAuth(ClientAuth.REQUIRED)
          .setKeyCertOptions(tls.keys())
          .setTrustOptions(tls.authority());
      requireReadable("cluster.tls.certificate", tls.certificate());
      requireReadable("cluster.tls.key", tls.key());
      requireReadable("cluster.tls.ca", tls.ca());
    }
    return bus;
  }

  private static void requireReadable(String key, String file) {
    if (!Files.isReadable(Path.of(file))) {
      throw new ClusterException(key + " '" + file + "' is not a readable file", null);
    }
  }

  private static ClusterException explain(ClusterConfig config, Throwable thrown) {
    Throwable root = thrown;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String where = config.host() + ", cluster.port " + config.port() + " to " + (config.port() + config.portCount() - 1)
        + ", cluster.bus-port " + config.busPort();
    return new ClusterException("The cluster could not be joined on " + where + ": " + root.getMessage(), thrown);
  }
}
