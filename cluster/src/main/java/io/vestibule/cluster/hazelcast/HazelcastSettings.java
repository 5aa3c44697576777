package io.vestibule.cluster.hazelcast;

import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipAdapter;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.config.AdvancedNetworkConfig;
import com.hazelcast.config.Config;
import com.hazelcast.config.InMemoryFormat;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MergePolicyConfig;
import com.hazelcast.config.MultiMapConfig;
import com.hazelcast.config.ServerSocketEndpointConfig;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.spi.merge.SplitBrainMergePolicy;
import io.vertx.core.Vertx;
import io.vestibule.cluster.ClusterConfig;
import io.vestibule.cluster.ClusterException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Turns our configuration into Hazelcast's. Nothing is read from files, the class path or system properties: what a node does
 * is in {@code vestibule.yaml}. The reasons for the figures are in {@code docs/operations.md}.
 */
public final class HazelcastSettings {
  /** The map of shard terms; owned by the module cluster. */
  public static final String TERMS_MAP = "vestibule.terms";

  /** The map of the queues; owned by the module admission, whose classes every member needs that is to hold a part of it. */
  public static final String ADMISSION_MAP = "vestibule.admission";

  /** The map of what users have in all queues together; owned by the module admission, as the one above. */
  public static final String SEATS_MAP = "vestibule.seats";

  /** The map of topic logs; owned by the module gateway, as the ones above. */
  public static final String LOGS_MAP = "vestibule.logs";

  /** The map of who is a member of which topics; owned by the module gateway, as the one above. */
  public static final String MEMBERS_MAP = "vestibule.members";

  /** The map of which store of topic logs counts; owned by the module gateway, as the ones above. */
  public static final String STORE_MAP = "vestibule.store";

  /**
   * Objects, where each call changes a little of a large entry; terms are text. When halves of a cluster meet, they are brought in this order: what is owed to a store behind the logs that it is owed, terms behind what
   * those look into who lead by them.
   */
  private static final List<GridMap> MAPS = List.of(
      new GridMap(SEATS_MAP, 1, InMemoryFormat.OBJECT, new HigherTermMerge()),
      new GridMap(ADMISSION_MAP, 1, InMemoryFormat.OBJECT, new HigherTermMerge()),
      new GridMap(MEMBERS_MAP, 1, InMemoryFormat.OBJECT, new JoiningMerge<>()),
      new GridMap(LOGS_MAP, 1, InMemoryFormat.OBJECT, new JoiningMerge<>()),
      new GridMap(STORE_MAP, 1, InMemoryFormat.OBJECT, new JoiningMerge<>()),
      new GridMap(TERMS_MAP, 2, InMemoryFormat.BINARY, new HighestTermMerge()));

  /** How long a member of the smaller half tries to bring what it has. */
  private static final Duration REUNION_LIMIT = Duration.ofMinutes(5);

  private static final Duration OPERATION_TIMEOUT = Duration.ofSeconds(5);

  /** How long nodes that start together ask each other for a master before one of them claims to be it, by vote. */
  private static final int MASTER_QUESTION_SECONDS = 2;

  /**
   * How often the halves of a partition look for each other. Looking is cheap, and until they meet, clients of one hear nothing of the other; and where each half is a minority, nobody is admitted.
   */
  private static final String REUNION_SECONDS = "2";

  private static final Duration PATIENCE_WITH_SILENCE = Duration.ofSeconds(3);

  /**
   * A map of the grid.
   *
   * @param backups that are waited for
   * @param merge by which its entries become one when halves of a cluster meet
   */
  private record GridMap(String name, int backups, InMemoryFormat format, SplitBrainMergePolicy<?, ?, ?> merge) {}

  private HazelcastSettings() {}

  /**
   * Hazelcast's configuration for one node. Blocks: host names are resolved, and a listener on a member's port that says nothing is
   * given three seconds.
   *
   * @throws ClusterException if a host name of the configuration cannot be resolved
   */
  public static Config of(ClusterConfig cluster) {
    SerializedArrays.bound();
    Config config = new Config();
    config.setClusterName(cluster.name());
    config.setClassLoader(new FencedClassLoader(HazelcastSettings.class.getClassLoader()));
    config.getSerializationConfig().setJavaSerializationFilterConfig(DecodableClasses.javaFilter());
    config.setAdvancedNetworkConfig(network(cluster));
    config.getMetricsConfig().setEnabled(false);
    timing(config, cluster);
    maps(config);
    return config;
  }

  /** One endpoint, for members alone: clients, REST and memcache have no door at all. */
  private static AdvancedNetworkConfig network(ClusterConfig cluster) {
    AdvancedNetworkConfig network = new AdvancedNetworkConfig().setEnabled(true);
    network.setMemberEndpointConfig(new ServerSocketEndpointConfig()
        .setPort(cluster.port()).setPortAutoIncrement(true).setPortCount(cluster.portCount()));
    network.getMemberAddressProviderConfig().setEnabled(true).setImplementation(new ListenAddress(
        new InetSocketAddress(resolve("cluster.host", cluster.host()), 0),
        new InetSocketAddress(resolve("cluster.public-host", cluster.reachableHost()), 0)));
    join(network.getJoin(), cluster);
    return network;
  }

  private static void join(JoinConfig join, ClusterConfig cluster) {
    join.getAutoDetectionConfig().setEnabled(false);
    join.getMulticastConfig().setEnabled(false);
    if (cluster.kubernetesService().isEmpty()) {
      join.getTcpIpConfig().setEnabled(true).setMembers(talking(members(cluster)))
          .setConnectionTimeoutSeconds(MASTER_QUESTION_SECONDS);
    } else {
      join.getKubernetesConfig().setEnabled(true)
          .setProperty("service-dns", cluster.kubernetesService())
          .setProperty("service-port", Integer.toString(cluster.port()));
    }
  }

  /**
   * Puts back the members that were left out because they were silent: should one of them be a node after all, both sides find and join
   * each other later. From now on those that do not answer are passed over. To be called when the node has joined.
   */
  public static void completeMembers(HazelcastInstance hazelcast, ClusterConfig cluster) {
    if (cluster.kubernetesService().isEmpty()) {
      var members = new ReachableMembers(members(cluster), () -> hazelcast.getCluster().getMembers().stream().map(Member::getSocketAddress).collect(Collectors.toSet()),
          System::nanoTime);
      hazelcast.getConfig().getAdvancedNetworkConfig().getJoin().setTcpIpConfig(members);
      hazelcast.getCluster().addMembershipListener(new MembershipAdapter() {
        @Override
        public void memberAdded(MembershipEvent joined) {
          members.saw(joined.getMember().getSocketAddress());
        }
      });
      hazelcast.getCluster().getMembers().forEach(member -> members.saw(member.getSocketAddress()));
    }
  }

  /** Has this node, whenever its half of the cluster is the smaller one, bring all that it has to the larger one. To be called when the node has joined. */
  public static void prepareReunion(Vertx vertx, HazelcastInstance hazelcast) {
    var rules = new LinkedHashMap<String, SplitBrainMergePolicy<?, ?, ?>>();
    MAPS.forEach(map -> rules.put(map.name, map.merge));
    hazelcast.getLifecycleService().addLifecycleListener(new Reunion(vertx, hazelcast, rules, REUNION_LIMIT));
  }

  /** The configured members, or each port that a node on this host may have taken: Hazelcast alone tries three. */
  static List<String> members(ClusterConfig cluster) {
    if (!cluster.members().isEmpty()) {
      return cluster.members();
    }
    return IntStream.range(0, cluster.portCount())
        .mapToObj(i -> cluster.reachableHost() + ":" + (cluster.port() + i))
        .toList();
  }

  private static List<String> talking(List<String> members) {
    Map<String, InetSocketAddress> addresses = new LinkedHashMap<>();
    for (String member : members) {
      int colon = member.lastIndexOf(':');
      if (colon > 0) {
        addresses.put(member,
            new InetSocketAddress(member.substring(0, colon), Integer.parseInt(member.substring(colon + 1))));
      }
    }
    List<InetSocketAddress> resolved = addresses.values().stream().filter(address -> !address.isUnresolved()).toList();
    Set<SocketAddress> silent = SilentPorts.among(resolved, PATIENCE_WITH_SILENCE);
    return members.stream().filter(member -> !silent.contains(addresses.get(member))).toList();
  }

  private static void timing(Config config, ClusterConfig cluster) {
    // With 0 seconds the discovery by name would not ask even once.
    config.setProperty("hazelcast.wait.seconds.before.join", cluster.kubernetesService().isEmpty() ? "0" : "3");
    config.setProperty("hazelcast.heartbeat.interval.seconds", "1");
    config.setProperty("hazelcast.max.no.heartbeat.seconds", Long.toString(cluster.failureTimeout().toSeconds()));
    config.setProperty("hazelcast.operation.call.timeout.millis", Long.toString(OPERATION_TIMEOUT.toMillis()));
    // After a node is lost, calls wait until its partitions are somebody else's: that takes some tenths of a second (3 s where some were just moving to it), and should not take a second more.
    config.setProperty("hazelcast.invocation.retry.pause.millis", "50");
    config.setProperty("hazelcast.operation.fail.on.indeterminate.state", "true");
    // Those that were members once are ReachableMembers' to remember: Hazelcast would wait 5 s for each that is dead, for four hours.
    config.setProperty("hazelcast.tcp.join.previously.joined.member.address.retention.seconds", "0");
    config.setProperty("hazelcast.merge.first.run.delay.seconds", REUNION_SECONDS);
    config.setProperty("hazelcast.merge.next.run.delay.seconds", REUNION_SECONDS);
    config.setProperty("hazelcast.graceful.shutdown.max.wait", "60");
    config.setProperty("hazelcast.shutdownhook.enabled", "false");
    config.setProperty("hazelcast.phone.home.enabled", "false");
    config.setProperty("hazelcast.socket.bind.any", "false");
    config.setProperty("hazelcast.logging.type", "slf4j");
    config.setProperty("hazelcast.logging.emoji.enabled", "false");
  }

  /**
   * What Vert.x knows of the bus has a backup that nobody waits for: while partitions move to a node that joins, an acknowledgement can get lost, and a put that
   * waited for it would fail, and with it the start of a node. When a node is lost, each of the others puts its own entries again.
   */
  private static void maps(Config config) {
    config.addMultiMapConfig(new MultiMapConfig("__vertx.subs").setBackupCount(0).setAsyncBackupCount(1)
        .setValueCollectionType(MultiMapConfig.ValueCollectionType.SET));
    config.addMapConfig(new MapConfig("__vertx.nodeInfo").setBackupCount(0).setAsyncBackupCount(1));
    MAPS.forEach(map -> config.addMapConfig(new MapConfig(map.name).setBackupCount(map.backups).setInMemoryFormat(map.format)
        .setMergePolicyConfig(new MergePolicyConfig(map.merge.getClass().getName(), 100))));
  }

  private static InetAddress resolve(String key, String host) {
    try {
      return InetAddress.getByName(host);
    } catch (UnknownHostException unknown) {
      throw new ClusterException(key + " '" + host + "' cannot be resolved", unknown);
    }
  }
}
