package io.vestibule.gateway.log.store;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The keys of topic logs in Redis. All of a shard carry one hash tag, so that they live in one slot of a Redis cluster; topics have no character that could end it. */
final class LogKeys {
  private final String cluster;

  LogKeys(String cluster) {
    this.cluster = URLEncoder.encode(cluster, StandardCharsets.UTF_8);
  }

  /** What is written to see whether anything can be. */
  String probe() {
    return "vestibule:{" + cluster + "/logs}:probe";
  }

  String prefix(int shard) {
    return "vestibule:{" + cluster + "/logs/" + shard + "}:";
  }

  String prefix(String topic) {
    return prefix(TopicLog.shardOf(topic));
  }

  /** Lineage, version and clock of a shard. */
  String shard(int shard) {
    return prefix(shard) + "shard";
  }

  /** Topics by the version at which they moved last. */
  String moved(int shard) {
    return prefix(shard) + "moved";
  }

  /** Epoch, head and counts of a log. */
  String log(String topic) {
    return prefix(topic) + "log:" + topic;
  }

  String messages(String topic) {
    return prefix(topic) + "messages:" + topic;
  }

  /** Everything that is looked at to read a log. */
  List<String> ofReading(String topic) {
    return List.of(messages(topic), log(topic), cursors(topic), shard(TopicLog.shardOf(topic)));
  }

  /** Everything that an append may touch. */
  List<String> all(String topic) {
    int shard = TopicLog.shardOf(topic);
    return List.of(shard(shard), moved(shard), messages(topic), log(topic), prefix(topic) + "keys:" + topic, prefix(topic) + "writers:" + topic, cursors(topic));
  }

  /** How far the readers of a log are. */
  String cursors(String topic) {
    return prefix(topic) + "cursors:" + topic;
  }
}
