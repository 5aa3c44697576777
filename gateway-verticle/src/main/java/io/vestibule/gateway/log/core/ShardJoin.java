package io.vestibule.gateway.log.core;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes one history of two that a shard got while its cluster was in halves. A log that only one half continued stays as it is. Of one that both continued the messages of both stay, under a new
 * epoch: nothing that was acknowledged is gone, and no offset that one half gave away is taken for the other's. Pure.
 */
public final class ShardJoin {
  private final long lineage;

  private ShardJoin(long lineage) {
    this.lineage = lineage;
  }

  /**
   * Joins them.
   *
   * @param lineage of the shard from now on; the new epochs are drawn from it
   */
  public static ShardLog of(ShardLog ours, ShardLog theirs, long lineage) {
    ShardJoin join = new ShardJoin(lineage);
    Map<String, LogImage> others = new LinkedHashMap<>();
    theirs.images().forEach(log -> others.put(log.topic(), log));
    List<LogImage> joined = new ArrayList<>();
    for (LogImage log : ours.images()) {
      LogImage other = others.remove(log.topic());
      joined.add(other == null ? log : join.one(log, other));
    }
    joined.addAll(others.values());
    List<LogImage> numbered = numbered(joined);
    long version = numbered.stream().mapToLong(LogImage::version).max().orElse(0);
    return new ShardLog(lineage, version, Math.max(ours.clockMs(), theirs.clockMs()), ours.dropped() + theirs.dropped(), numbered);
  }

  private LogImage one(LogImage ours, LogImage theirs) {
    if (ours.epoch() == theirs.epoch()) {
      LogImage shorter = ours.head() < theirs.head() ? ours : theirs;
      LogImage longer = shorter == ours ? theirs : ours;
      if (isContinued(shorter, longer)) {
        return with(longer, CursorJoin.furthest(ours.cursors(), theirs.cursors(), longer.epoch()));
      }
    }
    return both(ours, theirs);
  }

  private static LogImage with(LogImage log, List<Cursor> cursors) {
    return new LogImage(log.topic(), log.epoch(), log.began(), log.head(), log.version(), log.movedMs(), log.bounds(), log.messages(), log.writers(), cursors);
  }

  private static boolean isContinued(LogImage shorter, LogImage longer) {
    if (shorter.head() == longer.head() && shorter.messages().isEmpty() && longer.messages().isEmpty()) {
      return shorter.version() == longer.version();
    }
    return shorter.head() == 0 || common(shorter, longer) == shorter.head();
  }

  /**
   * Theirs come behind ours, but for what was the same before they parted, and for what came to both: an append that was repeated, a message that a client sent again. Where something has fallen
   * out of a half, the first offset stands for all of that, and cannot be had: so whoever is not done with it is told that he missed something.
   */
  private LogImage both(LogImage ours, LogImage theirs) {
    long common = ours.epoch() == theirs.epoch() ? common(ours, theirs) : 0;
    CursorJoin.Gone gone = new CursorJoin.Gone(first(ours) - 1, first(theirs) - 1, common > 0);
    long before = gone.isNothing() ? 0 : 1;
    List<Message> messages = new ArrayList<>();
    List<long[]> places = new ArrayList<>();
    Map<Object, Integer> seen = new HashMap<>();
    long atMs = 0;
    for (LogImage half : List.of(ours, theirs)) {
      int side = half == ours ? 0 : 1;
      for (Message message : half.messages()) {
        Integer same = seen.getOrDefault(message.origin(), message.key() == null ? null : seen.get(message.key()));
        if (same != null) {
          places.get(same)[side] = Math.min(places.get(same)[side], message.offset());
        } else if (half == ours || message.offset() > common) {
          atMs = Math.max(atMs, message.atMs());
          seen.put(message.origin(), messages.size());
          if (message.key() != null) {
            seen.put(message.key(), messages.size());
          }
          messages.add(message.at(before + messages.size() + 1, 0, atMs));
          long elsewhere = message.offset() <= common ? message.offset() : Long.MAX_VALUE;
          places.add(half == ours ? new long[] {message.offset(), elsewhere} : new long[] {elsewhere, message.offset()});
        }
      }
    }
    long epoch = Epoch.ofJoined((lineage * 31 + ours.topic().hashCode()) * 0x9E3779B97F4A7C15L >>> 16);
    long head = before + messages.size();
    return new LogImage(ours.topic(), epoch, head, head, Math.max(ours.version(), theirs.version()), Math.max(ours.movedMs(), theirs.movedMs()), ours.bounds(), messages, List.of(),
        CursorJoin.translated(ours, theirs, gone, places, epoch));
  }

  /** Up to where they are the same, as far as both still have it; 0 where nothing shows that they are. An append that was repeated in the other half may be the same again behind what differs. */
  private static long common(LogImage ours, LogImage theirs) {
    long end = Math.min(ours.head(), theirs.head());
    long offset = Math.max(first(ours), first(theirs));
    long common = 0;
    while (offset <= end && isSame(at(ours, offset), at(theirs, offset))) {
      common = offset++;
    }
    return common;
  }

  private static long first(LogImage log) {
    return log.head() - log.messages().size() + 1;
  }

  private static Message at(LogImage log, long offset) {
    long index = log.messages().size() - 1 - (log.head() - offset);
    return index < 0 ? null : log.messages().get((int) index);
  }

  private static boolean isSame(Message a, Message b) {
    return a != null && b != null && a.version() == b.version() && a.origin() == b.origin();
  }

  /** Gives everything a version in the order of time: those of the halves say nothing of each other. */
  private static List<LogImage> numbered(List<LogImage> logs) {
    record Place(int log, int message, long atMs, String topic) {}
    List<Place> places = new ArrayList<>();
    for (int log = 0; log < logs.size(); log++) {
      List<Message> messages = logs.get(log).messages();
      for (int i = messages.isEmpty() ? -1 : 0; i < messages.size(); i++) {
        places.add(new Place(log, i, i < 0 ? 0 : messages.get(i).atMs(), logs.get(log).topic()));
      }
    }
    places.sort(Comparator.comparingLong(Place::atMs).thenComparing(Place::topic).thenComparingInt(Place::message));
    List<List<Message>> messages = new ArrayList<>();
    logs.forEach(log -> messages.add(new ArrayList<>()));
    long[] last = new long[logs.size()];
    long version = 0;
    for (Place place : places) {
      last[place.log] = ++version;
      if (place.message >= 0) {
        Message message = logs.get(place.log).messages().get(place.message);
        messages.get(place.log).add(message.at(message.offset(), version, message.atMs()));
      }
    }
    List<LogImage> numbered = new ArrayList<>();
    for (int i = 0; i < logs.size(); i++) {
      LogImage log = logs.get(i);
      numbered.add(new LogImage(log.topic(), log.epoch(), log.began(), log.head(), last[i], log.movedMs(), log.bounds(), messages.get(i), log.writers(), log.cursors()));
    }
    return numbered;
  }
}
