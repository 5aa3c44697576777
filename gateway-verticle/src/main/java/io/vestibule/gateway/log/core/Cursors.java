package io.vestibule.gateway.log.core;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The cursors of a log. What is too old is dropped when another one comes. */
final class Cursors {
  private static final Comparator<Cursor> OLDEST = Comparator.comparingLong(Cursor::atMs).thenComparing(Cursor::name);
  private static final Comparator<Cursor> FURTHEST = Comparator.comparingLong(Cursor::offset).thenComparing(Cursor::name);

  private final Map<String, Cursor> cursors = new HashMap<>();
  private long bytes;

  Cursors(Collection<Cursor> cursors) {
    cursors.forEach(this::put);
  }

  /** In no order. */
  List<Cursor> list() {
    return new ArrayList<>(cursors.values());
  }

  long bytes() {
    return bytes;
  }

  /** The one of this name, or null. */
  Cursor find(String name, long nowMs) {
    Cursor cursor = cursors.get(name);
    return cursor == null || cursor.isOver(nowMs) ? null : cursor;
  }

  /** Where one of this name begins that has no place yet: the furthest of its kind in the epoch, or null. */
  Cursor furthest(String name, long epoch, long nowMs) {
    String kind = Cursor.kind(name);
    return cursors.values().stream().filter(cursor -> cursor.kind().equals(kind) && cursor.epoch() == epoch && !cursor.isOver(nowMs)).max(FURTHEST).orElse(null);
  }

  /**
   * Moves one of the log's epoch onwards.
   *
   * @return where it is now
   */
  long move(String name, long epoch, long offset, long nowMs) {
    Cursor known = find(name, nowMs);
    long furthest = known != null && known.epoch() == epoch ? Math.max(known.offset(), offset) : offset;
    if (!cursors.containsKey(name)) {
      makeRoom(name, nowMs);
    }
    put(new Cursor(name, epoch, furthest, Math.max(nowMs, known == null ? 0 : known.atMs())));
    return furthest;
  }

  /** Those of one epoch are of another from now on, at the same places. */
  void follow(long from, long to) {
    list().stream().filter(cursor -> cursor.epoch() == from).forEach(cursor -> put(new Cursor(cursor.name(), to, cursor.offset(), cursor.atMs())));
  }

  private void put(Cursor cursor) {
    Cursor before = cursors.put(cursor.name(), cursor);
    bytes += cursor.cost() - (before == null ? 0 : before.cost());
  }

  private void makeRoom(String name, long nowMs) {
    list().stream().filter(cursor -> cursor.isOver(nowMs)).forEach(this::drop);
    String kind = Cursor.kind(name);
    List<Cursor> same = cursors.values().stream().filter(cursor -> cursor.kind().equals(kind)).sorted(OLDEST).toList();
    same.subList(0, Math.max(0, same.size() + 1 - Cursor.most(name))).forEach(this::drop);
  }

  private void drop(Cursor cursor) {
    cursors.remove(cursor.name());
    bytes -= cursor.cost();
  }
}
