package io.vestibule.gateway.members.store;

import com.hazelcast.core.HazelcastInstance;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vestibule.cluster.Majority;
import io.vestibule.cluster.hazelcast.HazelcastSettings;
import io.vestibule.cluster.store.GridCalls;
import io.vestibule.gateway.log.store.MinorityException;
import io.vestibule.gateway.log.store.Quorum;
import io.vestibule.gateway.members.core.Change;
import io.vestibule.gateway.members.core.Changed;
import io.vestibule.gateway.members.core.Pair;
import io.vestibule.gateway.members.core.Word;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Members in the cluster's own memory: an entry for each shard, with one backup that is waited for. */
public final class HazelcastMemberStore implements MemberStore {
  private final GridCalls<MembersEntry> grid;
  private final HazelcastInstance hazelcast;
  private final long shardBytes;
  private final Majority majority;

  /**
   * Members in a running cluster.
   *
   * @param memory bytes of all of them together, backups not counted; the same on every node
   * @param majority a member of the grid that sees less of its cluster neither stores nor tells anything
   * @param deadline of each call
   */
  public HazelcastMemberStore(Vertx vertx, HazelcastInstance hazelcast, long memory, Majority majority, Duration deadline) {
    this.grid = new GridCalls<>(vertx, hazelcast, HazelcastSettings.MEMBERS_MAP, deadline);
    this.hazelcast = hazelcast;
    this.shardBytes = memory / SHARDS;
    this.majority = majority;
  }

  @Override
  public Future<Changed> change(Change change) {
    return call(MemberStore.shardOf(change.topic()), new MembersCall.Tell(change, shardBytes)).map(MembersAnswer::changed);
  }

  @Override
  public Future<List<Word>> look(int shard, List<Pair> pairs) {
    return call(shard, new MembersCall.Look(pairs)).map(MembersAnswer::words);
  }

  @Override
  public Future<Map<String, Word>> roster(String topic) {
    return call(MemberStore.shardOf(topic), new MembersCall.Roster(topic)).map(MembersAnswer::roster);
  }

  @Override
  public Future<List<Changed.Room>> hint(int shard, List<Pair> pairs) {
    return call(shard, new MembersCall.Hint(pairs, shardBytes)).map(MembersAnswer::rooms);
  }

  @Override
  public Future<Void> unhint(int shard, List<Pair> pairs) {
    return call(shard, new MembersCall.Unhint(pairs)).mapEmpty();
  }

  @Override
  public Future<List<List<String>>> hinted(int shard, List<String> users) {
    return call(shard, new MembersCall.Hinted(users)).map(MembersAnswer::hints);
  }

  @Override
  public Future<Long> bytes(int shard) {
    return call(shard, new MembersCall.Bytes()).map(MembersAnswer::bytes);
  }

  @Override
  public Future<Void> close() {
    return Future.succeededFuture();
  }

  private Future<byte[]> call(int shard, MembersCall call) {
    return grid.call("shard/" + shard, new MembersProcessor(call, majority)).map(answer -> {
      // What was changed may have no backup where somebody has left meanwhile; repeated, it gets one.
      boolean doubted = call.changes() && Quorum.of(hazelcast, majority).refuses(true);
      if (doubted || Arrays.equals(answer, MembersAnswer.MINORITY)) {
        throw new MinorityException();
      }
      return answer;
    });
  }
}
