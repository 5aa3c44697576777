package io.vestibule.gateway.members.store;

import io.vertx.core.Future;
import io.vestibule.gateway.members.core.Change;
import io.vestibule.gateway.members.core.Changed;
import io.vestibule.gateway.members.core.Changed.Room;
import io.vestibule.gateway.members.core.Pair;
import io.vestibule.gateway.members.core.Word;
import io.vestibule.gateway.metrics.MemberStoreMeters;
import io.vestibule.gateway.metrics.MemberStoreMeters.Bound;
import io.vestibule.gateway.metrics.MemberStoreMeters.Call;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/** A store of members whose calls are measured. */
public final class WatchedMemberStore implements MemberStore {
  private final MemberStore store;
  private final MemberStoreMeters meters;

  /** Watches a store; closes it. */
  public WatchedMemberStore(MemberStore store, MemberStoreMeters meters) {
    this.store = store;
    this.meters = meters;
  }

  @Override
  public Future<Changed> change(Change change) {
    return watched(Call.CHANGE, store.change(change)).onSuccess(changed -> noteRoom(changed.room(), Bound.TOPIC));
  }

  @Override
  public Future<List<Word>> look(int shard, List<Pair> pairs) {
    return watched(Call.LOOK, store.look(shard, pairs));
  }

  @Override
  public Future<Map<String, Word>> roster(String topic) {
    return watched(Call.ROSTER, store.roster(topic));
  }

  @Override
  public Future<List<Room>> hint(int shard, List<Pair> pairs) {
    return watched(Call.HINT, store.hint(shard, pairs)).onSuccess(rooms -> rooms.stream().distinct().forEach(room -> noteRoom(room, Bound.USER)));
  }

  @Override
  public Future<Void> unhint(int shard, List<Pair> pairs) {
    return watched(Call.UNHINT, store.unhint(shard, pairs));
  }

  @Override
  public Future<List<List<String>>> hinted(int shard, List<String> users) {
    return watched(Call.HINTED, store.hinted(shard, users));
  }

  @Override
  public Future<Long> bytes(int shard) {
    return watched(Call.BYTES, store.bytes(shard)).onSuccess(bytes -> meters.shard(shard, bytes));
  }

  @Override
  public Future<Void> close() {
    return store.close();
  }

  private void noteRoom(Room room, Bound tooMany) {
    if (room != Room.DONE) {
      meters.full(room == Room.FULL ? Bound.MEMORY : tooMany);
    }
  }

  private <T> Future<T> watched(Call call, Future<T> running) {
    long began = System.nanoTime();
    return running.onComplete(done -> meters.called(call, done.succeeded() ? "ok" : done.cause() instanceof TimeoutException ? "timeout" : "failed", System.nanoTime() - began));
  }
}
