package io.vestibule.gateway.log.core;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Makes one place of the two that somebody has in the halves of a log. Nothing that is not done with is skipped; what is done with may have to be read again. Pure. */
final class CursorJoin {
  private static final Comparator<Cursor> LATEST = Comparator.comparingLong(Cursor::atMs).thenComparing(Cursor::name).reversed();

  /**
   * What has fallen out of both halves.
   *
   * @param ours the last offset that has, in our half; 0 if none has
   * @param theirs the same in theirs
   * @param same whether it is the same in both: they parted later
   */
  record Gone(long ours, long theirs, boolean same) {
    boolean isNothing() {
      return ours == 0 && (same || theirs == 0);
    }

    /** Whether somebody who is so far in the halves misses none of it. */
    boolean isDone(long here, long there) {
      return same ? Math.max(here, there) >= ours : here >= ours && there >= theirs;
    }
  }

  private CursorJoin() {}

  /** Of a log that one half only continued: who is further is. */
  static List<Cursor> furthest(List<Cursor> ours, List<Cursor> theirs, long epoch) {
    Map<String, Cursor> joined = new HashMap<>();
    for (List<Cursor> half : List.of(ours, theirs)) {
      for (Cursor cursor : half) {
        joined.merge(cursor.name(), cursor, (a, b) -> further(a, b, epoch));
      }
    }
    return bounded(joined.values());
  }

  /** As many of each kind as a log has: who was not heard of for the longest time goes. */
  private static List<Cursor> bounded(Collection<Cursor> all) {
    Map<String, Integer> kinds = new HashMap<>();
    return all.stream().sorted(LATEST).filter(cursor -> kinds.merge(cursor.kind(), 1, Integer::sum) <= Cursor.most(cursor.name())).toList();
  }

  private static Cursor further(Cursor a, Cursor b, long epoch) {
    Cursor further = a.epoch() == b.epoch() ? a.offset() >= b.offset() ? a : b : a.epoch() == epoch ? a : b;
    return new Cursor(a.name(), further.epoch(), further.offset(), Math.max(a.atMs(), b.atMs()));
  }

  /**
   * Of a log that both continued.
   *
   * @param gone what has fallen out of both; if it is anything, the first offset of what was made of them stands for it
   * @param joined what became of the messages of both: the offset of each in our half and in theirs, or {@code Long.MAX_VALUE} where it was not
   * @param epoch of what was made of them
   */
  static List<Cursor> translated(LogImage ours, LogImage theirs, Gone gone, List<long[]> joined, long epoch) {
    Map<String, Cursor> mine = ofEpoch(ours);
    Map<String, Cursor> others = ofEpoch(theirs);
    Set<String> names = new HashSet<>();
    ours.cursors().forEach(cursor -> names.add(cursor.name()));
    theirs.cursors().forEach(cursor -> names.add(cursor.name()));
    List<Cursor> translated = new ArrayList<>();
    for (String name : names) {
      long here = mine.containsKey(name) ? mine.get(name).offset() : 0;
      long there = others.containsKey(name) ? others.get(name).offset() : 0;
      int done = 0;
      while (gone.isDone(here, there) && done < joined.size() && (joined.get(done)[0] <= here || joined.get(done)[1] <= there)) {
        done++;
      }
      long before = !gone.isNothing() && gone.isDone(here, there) ? 1 : 0;
      translated.add(new Cursor(name, epoch, before + done, Math.max(atMs(ours, name), atMs(theirs, name))));
    }
    return bounded(translated);
  }

  private static Map<String, Cursor> ofEpoch(LogImage half) {
    Map<String, Cursor> cursors = new HashMap<>();
    half.cursors().stream().filter(cursor -> cursor.epoch() == half.epoch()).forEach(cursor -> cursors.put(cursor.name(), cursor));
    return cursors;
  }

  private static long atMs(LogImage half, String name) {
    return half.cursors().stream().filter(cursor -> cursor.name().equals(name)).mapToLong(Cursor::atMs).max().orElse(0);
  }
}
