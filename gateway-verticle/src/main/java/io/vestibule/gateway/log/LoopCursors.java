package io.vestibule.gateway.log;

import io.vertx.core.Future;
import io.vestibule.gateway.log.core.Cursor;
import io.vestibule.gateway.log.core.CursorMove;
import io.vestibule.gateway.log.core.CursorRead;
import io.vestibule.gateway.log.core.CursorSlice;
import io.vestibule.gateway.log.core.Epoch;
import io.vestibule.gateway.log.store.TopicLog;
import io.vestibule.gateway.metrics.CursorMeters;
import io.vestibule.gateway.session.LoopClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/**
 * How far the readers of one event loop are in their logs. What they say is written a moment later, the last word of each, many in a call; a write that fails is repeated with what came meanwhile. One event loop.
 */
public final class LoopCursors {
  /** How often what was said is written. */
  public static final long WRITE_MS = 200;
  /** Readers whose last word may wait to be written, while the store is down. */
  static final int MOST = 20_000;
  static final int IN_A_CALL = 500;
  private static final long PAUSE_MS = 1_000;
  /** A cursor that was last moved so long ago is said again, lest it is taken for one of somebody who does not come any more. */
  private static final long FRESH_MS = Duration.ofDays(1).toMillis();

  private record Reader(String topic, String name) {}

  /** What is to be written to a shard. */
  private static final class Shard {
    private final LinkedHashMap<Reader, Position> waiting = new LinkedHashMap<>();
    private boolean writing;
    private long notBeforeMs = Long.MIN_VALUE;
  }

  private final TopicLog log;
  private final LoopClock clock;
  private final CursorMeters meters;
  private final Shard[] shards = Stream.generate(Shard::new).limit(TopicLog.SHARDS).toArray(Shard[]::new);
  private BiConsumer<List<CursorMove>, long[]> ear = (moves, places) -> { };
  private int size;

  /** The cursors of an event loop; nothing is said yet. */
  public LoopCursors(TopicLog log, LoopClock clock, CursorMeters meters) {
    this.log = log;
    this.clock = clock;
    this.meters = meters;
  }

  /** Has somebody told of moves that are written, and where each is then (-1: it changed nothing). */
  public void onWritten(BiConsumer<List<CursorMove>, long[]> told) {
    ear = told;
  }

  /**
   * Somebody is done with everything up to a place.
   *
   * @param name see {@link Cursor}
   * @param place an epoch of 0 is the one that the log has
   */
  public void move(String topic, String name, Position place) {
    put(shards[TopicLog.shardOf(topic)], new Reader(topic, name), place);
  }

  private void put(Shard shard, Reader reader, Position place) {
    int before = shard.waiting.size();
    shard.waiting.merge(reader, place, (was, now) -> was.epoch() == now.epoch() && was.offset() > now.offset() ? was : now);
    size += shard.waiting.size() - before;
    if (size > MOST) {
      Iterator<Reader> oldest = shard.waiting.keySet().iterator();
      oldest.next();
      oldest.remove();
      size--;
      meters.dropped();
    }
  }

  /** Writes what was said. To be called every {@link #WRITE_MS}. */
  public void tick() {
    if (size > 0) {
      long nowMs = clock.monotonicMs().getAsLong();
      for (int shard = 0; shard < shards.length; shard++) {
        if (!shards[shard].waiting.isEmpty() && !shards[shard].writing && nowMs >= shards[shard].notBeforeMs) {
          write(shard);
        }
      }
    }
  }

  /** Writes all that was said, as far as that can be done now. */
  public Future<Void> flush() {
    List<Future<Void>> writes = new ArrayList<>();
    for (int shard = 0; shard < shards.length; shard++) {
      while (!shards[shard].waiting.isEmpty() && writes.size() < TopicLog.SHARDS + MOST / IN_A_CALL) {
        writes.add(write(shard));
      }
    }
    return Future.join(writes).mapEmpty();
  }

  private Future<Void> write(int number) {
    Shard shard = shards[number];
    Map<Reader, Position> now = new LinkedHashMap<>();
    Iterator<Map.Entry<Reader, Position>> first = shard.waiting.entrySet().iterator();
    while (first.hasNext() && now.size() < IN_A_CALL) {
      Map.Entry<Reader, Position> next = first.next();
      now.put(next.getKey(), next.getValue());
      first.remove();
      size--;
    }
    shard.writing = true;
    List<CursorMove> moves = now.entrySet().stream().map(move -> new CursorMove(move.getKey().topic, move.getKey().name, move.getValue().epoch(), move.getValue().offset())).toList();
    return log.move(number, moves, clock.epochMs().getAsLong()).onComplete(done -> {
      shard.writing = false;
      if (done.succeeded()) {
        meters.written(moves.size());
        ear.accept(moves, done.result());
      } else {
        meters.failed();
        shard.notBeforeMs = clock.monotonicMs().getAsLong() + PAUSE_MS;
        again(shard, now);
      }
    }).mapEmpty();
  }

  /** What was said meanwhile counts more, unless it is less far. */
  private void again(Shard shard, Map<Reader, Position> failed) {
    failed.forEach((reader, place) -> {
      Position later = shard.waiting.get(reader);
      if (later == null || later.epoch() == place.epoch()) {
        put(shard, reader, place);
      }
    });
  }

  /**
   * Where a device of a user goes on in the user's own topic; it is known to the log from now on.
   *
   * @return its place; null for one that has nothing to wait for
   */
  public Future<Position> ofDevice(String topic, String device) {
    return of(topic, Cursor.device(device), null);
  }

  /**
   * Where a device of a member goes on in a topic; it is known to the log from now on.
   *
   * @param since the place from which messages are owed to the member
   * @return its place; null for one that has nothing to wait for
   */
  public Future<Position> ofMember(String topic, String userId, String device, Position since) {
    return of(topic, Cursor.device(userId, device), since);
  }

  private Future<Position> of(String topic, String name, Position since) {
    Position said = shards[TopicLog.shardOf(topic)].waiting.get(new Reader(topic, name));
    return log.read(new CursorRead(topic, name, 0, 0, clock.epochMs().getAsLong())).map(read -> {
      Position place = since == null ? placeOf(read) : placeOf(read, since);
      boolean ofThisLog = place != null && place.epoch() == read.slice().epoch();
      if (ofThisLog && said != null && said.epoch() == place.epoch() && said.offset() > place.offset()) {
        return said;
      }
      if (ofThisLog && (read.cursor() == null || !read.cursor().name().equals(name) || read.cursor().atMs() + FRESH_MS < clock.epochMs().getAsLong())) {
        move(topic, name, place);
      }
      meters.fellOut(ofThisLog ? read.slice().first() - 1 - place.offset() : 0);
      return place;
    });
  }

  /** What was sent before he was a member is not owed to him, though he was one before that. */
  private static Position placeOf(CursorSlice read, Position since) {
    Cursor cursor = read.cursor();
    boolean isFurther = cursor == null || since.epoch() == read.slice().epoch() && (cursor.epoch() != since.epoch() || cursor.offset() < since.offset());
    Position place = isFurther ? since : new Position(cursor.epoch(), cursor.offset());
    return place.epoch() == 0 ? null : place;
  }

  private static Position placeOf(CursorSlice read) {
    Cursor cursor = read.cursor();
    if (cursor != null) {
      return new Position(cursor.epoch(), cursor.offset());
    }
    if (read.slice().epoch() != 0) {
      return new Position(read.slice().epoch(), 0);
    }
    return read.lineage() == 0 ? null : new Position(Epoch.ofNothing(read.lineage()), 0);
  }
}
