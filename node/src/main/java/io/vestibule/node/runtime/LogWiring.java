package io.vestibule.node.runtime;

import io.vestibule.cluster.Majority;
import io.vestibule.cluster.store.RedisLink;
import io.vestibule.gateway.log.DurableTopics;
import io.vestibule.gateway.log.store.HazelcastTopicLog;
import io.vestibule.gateway.log.store.RedisTopicLog;
import io.vestibule.gateway.log.store.TopicLog;
import io.vestibule.gateway.log.store.WatchedTopicLog;
import io.vestibule.gateway.metrics.LogStoreMeters;
import io.vestibule.node.config.StoreConfig;
import java.time.Duration;

/** What durable topics are built from. */
final class LogWiring {
  /** How long a call to the memory of the cluster may take; while a node dies it takes most of it. */
  private static final Duration GRID_DEADLINE = Duration.ofSeconds(5);

  private LogWiring() {}

  static DurableTopics of(NodeContext node) {
    Majority majority = new Majority(node.config().cluster().expectedSize());
    return new DurableTopics(new WatchedTopicLog(log(node), meters(node)), () -> node.cluster().isMinority(majority));
  }

  private static LogStoreMeters meters(NodeContext node) {
    StoreConfig store = node.config().store();
    return new LogStoreMeters(node.meters(), TopicLog.SHARDS, store.type() == StoreConfig.Type.EMBEDDED ? store.memory() : 0);
  }

  private static RedisLink link(NodeContext node) {
    StoreConfig.Redis redis = node.config().store().redis();
    return new RedisLink(node.vertx(), redis.url(), redis.timeout());
  }

  private static TopicLog log(NodeContext node) {
    StoreConfig store = node.config().store();
    if (store.type() == StoreConfig.Type.EMBEDDED) {
      return new HazelcastTopicLog(node.vertx(), node.cluster().hazelcast(), store.memory(), GRID_DEADLINE);
    }
    StoreConfig.Redis redis = store.redis();
    RedisLink link = link(node);
    RedisTopicLog.Replicas replicas = new RedisTopicLog.Replicas(redis.replicas(), redis.replicasTimeout(), redis.replicas() == 0 ? link : link(node));
    return new RedisTopicLog(node.vertx(), link, replicas, node.config().cluster().name(), store.memory(), redis.timeout());
  }
}
