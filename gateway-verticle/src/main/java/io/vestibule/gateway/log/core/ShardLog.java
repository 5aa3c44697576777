package io.vestibule.gateway.log.core;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The logs of a shard of topics. The same calls in the same order do the same everywhere, so that a backup can do them too. Pure, one thread.
 */
public final class ShardLog {
  private final Map<String, Log> logs = new HashMap<>();
  /** By {@link Log#age}: the first is what has to go first. */
  private final TreeMap<Long, Log> byAge = new TreeMap<>();
  /** By {@link Log#version}. */
  private final TreeMap<Long, Log> byVersion = new TreeMap<>();
  private final long lineage;
  private long version;
  private long clockMs;
  private long bytes;
  private long dropped;

  /**
   * A shard without logs.
   *
   * @param lineage a number that no other shard has had
   */
  public ShardLog(long lineage) {
    this.lineage = lineage;
  }

  /**
   * A shard that was kept.
   *
   * @param version the last one given
   * @param clockMs the latest time it has seen
   * @param dropped messages that it had no room for
   */
  public ShardLog(long lineage, long version, long clockMs, long dropped, Collection<LogImage> images) {
    this(lineage);
    this.version = version;
    this.clockMs = clockMs;
    this.dropped = dropped;
    images.forEach(image -> add(new Log(image)));
  }

  private void add(Log log) {
    logs.put(log.topic, log);
    byAge.put(log.age(), log);
    byVersion.put(log.version(), log);
    bytes += Log.OVERHEAD + log.bytes();
  }

  /** Its logs, in no order. */
  public List<LogImage> images() {
    return logs.values().stream().map(Log::image).toList();
  }

  /** All of a log but its messages; null if there is none. */
  public LogImage outline(String topic) {
    Log log = logs.get(topic);
    return log == null ? null : log.outline();
  }

  public long lineage() {
    return lineage;
  }

  /** The last version given. */
  public long version() {
    return version;
  }

  /** The latest time it has seen, Unix milliseconds. */
  public long clockMs() {
    return clockMs;
  }

  /** Messages and logs without messages that it had no room for, since it was made. */
  public long dropped() {
    return dropped;
  }

  /** What it takes, about. */
  public long bytes() {
    return bytes;
  }

  /**
   * Puts messages at the end of a topic's log, then drops what is beyond the bounds.
   *
   * @param most bytes of the whole shard; what was just appended stays in any case
   * @throws OvertakenException if the writer has appended something later
   */
  public Appended append(Append append, long most) {
    clockMs = Math.max(clockMs, append.nowMs());
    if (isBehind(append.known())) {
      goOn(append.known().versionIn(lineage), append.epoch());
    }
    Log log = logs.get(append.topic());
    Appended before = log == null ? null : log.answered(append);
    if (before != null) {
      return before;
    }
    if (log == null) {
      log = new Log(append.topic(), dropped > 0 && Epoch.isFirst(append.epoch()) ? Epoch.ofAnother(append.epoch()) : append.epoch(), append.bounds());
    } else {
      remove(log);
    }
    long known = version;
    Appended answer = log.append(append, lineage, version, clockMs);
    version = Math.max(version, log.version());
    log.trim(clockMs);
    add(log);
    makeRoom(most, known);
    return answer;
  }

  private boolean isBehind(ShardPlace known) {
    return known.versionIn(lineage) > version;
  }

  /** It was restored from the past, and what it gave away since may be known by others: nothing is put there before every log is in another epoch. */
  private void goOn(long known, long epoch) {
    version = known;
    long next = epoch & ~3L;
    for (Log log : new ArrayList<>(byVersion.values())) {
      next += 4;
      remove(log);
      log.renew(Epoch.ofJoined(next), ++version, clockMs);
      add(log);
    }
  }

  private void remove(Log log) {
    logs.remove(log.topic);
    byAge.remove(log.age());
    byVersion.remove(log.version());
    bytes -= Log.OVERHEAD + log.bytes();
  }

  /** The oldest goes first: a message, or a log that has none. */
  private void makeRoom(long most, long known) {
    while (bytes > most && byAge.firstKey() <= known) {
      Log oldest = byAge.firstEntry().getValue();
      remove(oldest);
      dropped++;
      if (!oldest.isEmpty()) {
        oldest.dropOldest();
        add(oldest);
      }
    }
  }

  /** Reads a part of a topic's log. */
  public Slice read(ReadRequest request) {
    Log log = logs.get(request.topic());
    return log == null ? Slice.NOTHING : log.read(request);
  }

  /**
   * Moves cursors onwards. It may be repeated.
   *
   * @param most bytes of the whole shard
   * @return where each is now; -1 where there is no log of that epoch that reaches so far
   */
  public long[] move(List<CursorMove> moves, long nowMs, long most) {
    long[] places = new long[moves.size()];
    for (int i = 0; i < places.length; i++) {
      Log log = logs.get(moves.get(i).topic());
      if (log == null) {
        places[i] = -1;
      } else {
        bytes -= log.bytes();
        places[i] = log.move(moves.get(i), Math.max(clockMs, nowMs));
        bytes += log.bytes();
      }
    }
    makeRoom(most, version);
    return places;
  }

  /** The cursors of a topic's log, in no order. */
  public List<Cursor> cursors(String topic) {
    Log log = logs.get(topic);
    return log == null ? List.of() : log.cursors();
  }

  /** Reads what comes after a cursor. */
  public CursorSlice read(CursorRead request) {
    Log log = logs.get(request.topic());
    return log == null ? new CursorSlice(null, lineage, Slice.NOTHING) : log.read(request, lineage);
  }

  /**
   * Tells which logs moved.
   *
   * @param knownLineage of the shard when the version was told; with another one, everything has moved
   * @param since the version that is known
   * @param most heads
   */
  public Moved moved(long knownLineage, long since, int most) {
    List<Moved.Head> heads = new ArrayList<>();
    long from = knownLineage == lineage ? since : 0;
    for (Log log : byVersion.tailMap(from, false).values()) {
      if (heads.size() == most) {
        return new Moved(lineage, heads.get(most - 1).version(), heads, dropped, bytes);
      }
      heads.add(new Moved.Head(log.topic, log.epoch(), log.head(), log.version(), log.movedMs()));
    }
    return new Moved(lineage, version, heads, dropped, bytes);
  }

  /**
   * Tells which logs moved at a time or later, those that moved last first.
   *
   * @param sinceMs Unix milliseconds
   * @param most heads
   */
  public Moved movedSince(long sinceMs, int most) {
    List<Moved.Head> heads = byVersion.descendingMap().values().stream().filter(log -> log.movedMs() >= sinceMs).limit(most)
        .map(log -> new Moved.Head(log.topic, log.epoch(), log.head(), log.version(), log.movedMs())).toList();
    return new Moved(lineage, version, heads, dropped, bytes);
  }

  /**
   * Begins a new epoch, if the log is not as far as somebody knows it to have been: what was stored is older than what was told, and what came since has places that were given
   * before. What it has stays.
   *
   * @param epoch that is known
   * @param offset that is known in it
   * @param newEpoch to begin, {@link Epoch#ofJoined one that has messages of others}
   * @param known how far the shard is known to have been: if it is not, all its logs do so
   * @return whether it has begun
   */
  public boolean renew(String topic, long epoch, long offset, long newEpoch, ShardPlace known) {
    if (isBehind(known)) {
      goOn(known.versionIn(lineage), newEpoch);
      return true;
    }
    Log log = logs.get(topic);
    if (log == null || log.epoch() != epoch || log.head() >= offset) {
      return false;
    }
    remove(log);
    log.renew(newEpoch, ++version, clockMs);
    add(log);
    return true;
  }
}
