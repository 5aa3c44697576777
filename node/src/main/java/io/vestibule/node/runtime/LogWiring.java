package io.vestibule.node.runtime;

import io.vestibule.cluster.Majority;
import io.vestibule.cluster.Membership;
import io.vestibule.cluster.NodeRef;
import io.vestibule.cluster.store.RedisLink;
import io.vestibule.gateway.GatewayVerticle;
import io.vestibule.gateway.log.DurableTopics;
import io.vestibule.gateway.log.store.FallbackTopicLog;
import io.vestibule.gateway.log.store.HazelcastTopicLog;
import io.vestibule.gateway.log.store.RedisTopicLog;
import io.vestibule.gateway.log.store.TopicLog;
import io.vestibule.gateway.log.store.WatchedTopicLog;
import io.vestibule.gateway.members.store.HazelcastMemberStore;
import io.vestibule.gateway.members.store.MemberStore;
import io.vestibule.gateway.members.store.RedisMemberStore;
import io.vestibule.gateway.members.store.WatchedMemberStore;
import io.vestibule.gateway.metrics.MemberStoreMeters;
import io.vestibule.gateway.metrics.LogStoreMeters;
import io.vestibule.node.config.StoreConfig;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/** What durable topics are built from, and members of topics. */
final class LogWiring {
  /** How long a call to the memory of the cluster may take; while a node dies it takes most of it. */
  private static final Duration GRID_DEADLINE = Duration.ofSeconds(5);

  private LogWiring() {}

  static DurableTopics of(NodeContext node) {
    StoreConfig store = node.config().store();
    Majority majority = new Majority(node.config().cluster().expectedSize());
    BooleanSupplier minority = () -> node.cluster().isMinority(majority);
    boolean embedded = store.type() == StoreConfig.Type.EMBEDDED;
    boolean bounded = embedded || store.onLoss() == StoreConfig.OnLoss.FALLBACK;
    LogStoreMeters meters = new LogStoreMeters(node.meters(), TopicLog.SHARDS, bounded ? store.memory() : 0);
    TopicLog log = embedded ? new HazelcastTopicLog(node.vertx(), node.cluster().hazelcast(), store.memory(), majority, GRID_DEADLINE)
        : store.onLoss() == StoreConfig.OnLoss.REFUSE ? redis(node) : fallback(node, majority, meters);
    return new DurableTopics(new WatchedTopicLog(log, meters), minority);
  }

  /** Where it is kept who is a member of which topics. */
  static MemberStore members(NodeContext node) {
    StoreConfig store = node.config().store();
    boolean embedded = store.type() == StoreConfig.Type.EMBEDDED;
    MemberStore members = embedded
        ? new HazelcastMemberStore(node.vertx(), node.cluster().hazelcast(), store.membersMemory(), new Majority(node.config().cluster().expectedSize()), GRID_DEADLINE)
        : new RedisMemberStore(node.vertx(), link(node), node.config().cluster().name(), store.redis().timeout());
    return new WatchedMemberStore(members, new MemberStoreMeters(node.meters(), MemberStore.SHARDS, embedded ? store.membersMemory() : 0));
  }

  private static TopicLog fallback(NodeContext node, Majority majority, LogStoreMeters meters) {
    StoreConfig store = node.config().store();
    Membership membership = node.membership();
    var surroundings = new FallbackTopicLog.Surroundings(node.self().id(),
        () -> membership.nodesWithRole(GatewayVerticle.ROLE).stream().map(NodeRef::id).collect(Collectors.toSet()),
        () -> membership.knowsAll() && !node.cluster().isMinority(majority), majority, meters::brought);
    return new FallbackTopicLog(node.vertx(), node.cluster().hazelcast(), redis(node), surroundings, store.memory(), store.redis().timeout(), GRID_DEADLINE);
  }

  private static RedisTopicLog redis(NodeContext node) {
    StoreConfig store = node.config().store();
    StoreConfig.Redis redis = store.redis();
    RedisLink link = link(node);
    RedisTopicLog.Replicas replicas = new RedisTopicLog.Replicas(redis.replicas(), redis.replicasTimeout(), redis.replicas() == 0 ? link : link(node));
    return new RedisTopicLog(node.vertx(), link, replicas, node.config().cluster().name(), store.memory(), redis.timeout());
  }

  private static RedisLink link(NodeContext node) {
    StoreConfig.Redis redis = node.config().store().redis();
    return new RedisLink(node.vertx(), redis.url(), redis.timeout());
  }
}
