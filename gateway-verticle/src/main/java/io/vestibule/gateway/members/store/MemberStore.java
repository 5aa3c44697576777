package io.vestibule.gateway.members.store;

import io.vertx.core.Future;
import io.vestibule.gateway.log.store.TopicLog;
import io.vestibule.gateway.members.core.Change;
import io.vestibule.gateway.members.core.Changed;
import io.vestibule.gateway.members.core.Pair;
import io.vestibule.gateway.members.core.Word;
import java.util.List;
import java.util.Map;

/**
 * Members of topics, shared by the gateways of the cluster. Topics are spread over shards by their names, and so are users with the hints where they are members. Every call has a deadline, and completes on the
 * context of the caller; it fails with whatever the store says, or with a {@link java.util.concurrent.TimeoutException}. Every call may be repeated. Thread-safe.
 */
public interface MemberStore {
  /** How many shards topics and users are spread over; the same in every node and version. */
  int SHARDS = TopicLog.SHARDS;

  /** Where a topic is, or a user. */
  static int shardOf(String name) {
    return TopicLog.shardOf(name);
  }

  /** Does all of a change, or nothing where there is no room for it. */
  Future<Changed> change(Change change);

  /**
   * What was said last of users in topics; null where that is nothing.
   *
   * @param pairs whose topics are in the shard
   */
  Future<List<Word>> look(int shard, List<Pair> pairs);

  /** The members of a topic. */
  Future<Map<String, Word>> roster(String topic);

  /**
   * Says that users may be members of topics, each as far as there is room.
   *
   * @param pairs whose users are in the shard
   */
  Future<List<Changed.Room>> hint(int shard, List<Pair> pairs);

  /**
   * Takes hints back.
   *
   * @param pairs whose users are in the shard
   */
  Future<Void> unhint(int shard, List<Pair> pairs);

  /**
   * The topics that each user may be a member of.
   *
   * @param users who are in the shard
   */
  Future<List<List<String>>> hinted(int shard, List<String> users);

  /** What a shard takes, about; 0 where others bound it. */
  default Future<Long> bytes(int shard) {
    return Future.succeededFuture(0L);
  }

  /** Ends what it runs. */
  Future<Void> close();
}
