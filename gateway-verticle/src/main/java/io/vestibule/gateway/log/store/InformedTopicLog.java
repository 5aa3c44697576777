package io.vestibule.gateway.log.store;

import io.vertx.core.Future;
import io.vestibule.gateway.log.core.Append;
import io.vestibule.gateway.log.core.Appended;
import io.vestibule.gateway.log.core.Cursor;
import io.vestibule.gateway.log.core.CursorMove;
import io.vestibule.gateway.log.core.CursorRead;
import io.vestibule.gateway.log.core.CursorSlice;
import io.vestibule.gateway.log.core.Moved;
import io.vestibule.gateway.log.core.ReadRequest;
import io.vestibule.gateway.log.core.ShardPlace;
import io.vestibule.gateway.log.core.Slice;
import java.util.List;

/**
 * A store that is told with each append how far this node knows its shard to be. One that was restored from the past finds that out by it before it gives a place to another message than the one that was
 * told there, which nobody could tell afterwards if it had got as many messages as it had lost.
 */
public final class InformedTopicLog implements TopicLog {
  private final TopicLog log;
  private final ShardPlaces known = new ShardPlaces();

  /** Informs a store; closes it. */
  public InformedTopicLog(TopicLog log) {
    this.log = log;
  }

  @Override
  public Future<Appended> append(Append append) {
    int shard = TopicLog.shardOf(append.topic());
    ShardPlace place = append.known().equals(ShardPlace.UNKNOWN) ? known.of(shard) : append.known();
    return log.append(append.knowing(place)).onSuccess(done -> known.heard(shard, done));
  }

  @Override
  public void heard(int shard, long lineage, long version) {
    known.heard(shard, lineage, version);
    log.heard(shard, lineage, version);
  }

  @Override
  public Future<Slice> read(ReadRequest request) {
    return log.read(request);
  }

  @Override
  public Future<Moved> moved(int shard, long lineage, long since, int most) {
    return log.moved(shard, lineage, since, most).onSuccess(moved -> known.heard(shard, moved));
  }

  @Override
  public Future<Moved> movedSince(int shard, long sinceMs, int most) {
    return log.movedSince(shard, sinceMs, most).onSuccess(moved -> known.heard(shard, moved));
  }

  @Override
  public Future<long[]> move(int shard, List<CursorMove> moves, long nowMs) {
    return log.move(shard, moves, nowMs);
  }

  @Override
  public Future<CursorSlice> read(CursorRead request) {
    return log.read(request);
  }

  @Override
  public Future<List<Cursor>> cursors(String topic) {
    return log.cursors(topic);
  }

  @Override
  public Future<Boolean> renew(String topic, long epoch, long offset, ShardPlace place) {
    return log.renew(topic, epoch, offset, known.of(TopicLog.shardOf(topic)));
  }

  @Override
  public Condition condition() {
    return log.condition();
  }

  @Override
  public Future<Void> close() {
    return log.close();
  }
}
