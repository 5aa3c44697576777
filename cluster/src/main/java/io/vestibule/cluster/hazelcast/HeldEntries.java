package io.vestibule.cluster.hazelcast;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.ReadOnly;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.map.IMap;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * What this member has of some maps: the entries that it answers for, not its backups. An entry that the map keeps as an object is the object itself, with all that is changed in it later; what is put anew later is not
 * among them.
 *
 * @param byMap the entries of each map; those whose keys end alike, as all of one queue do, are neighbours
 * @param unread how many others there are at least, which could not be had in time
 */
record HeldEntries(List<List<Entry>> byMap, int unread) {
  /** Others of its half may not answer any more, and the merge waits. */
  private static final long LIMIT_MS = 2_000;
  private static final Comparator<Entry> ENDS_ALIKE = Comparator.comparing(entry -> new StringBuilder(entry.key()).reverse());

  /** One of them. */
  record Entry(String map, String key, Object value) {}

  /** Looks. Blocks, for 2 seconds and what the maps take to tell their keys; throws nothing, since the grid is to go on merging. */
  static HeldEntries of(HazelcastInstance hazelcast, Collection<String> maps) {
    Queue<Entry> entries = new ConcurrentLinkedQueue<>();
    List<CompletableFuture<?>> looks = maps.stream().flatMap(name -> looks(hazelcast, name, entries)).toList();
    try {
      CompletableFuture.allOf(looks.toArray(CompletableFuture[]::new)).get(LIMIT_MS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException notAll) {
      // Counted below.
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
    int unread = (int) looks.stream().filter(look -> !look.isDone() || look.isCompletedExceptionally()).count();
    List<Entry> read = List.copyOf(entries);
    return new HeldEntries(maps.stream().map(name -> read.stream().filter(entry -> entry.map().equals(name)).sorted(ENDS_ALIKE).toList()).toList(), unread);
  }

  private static Stream<CompletableFuture<?>> looks(HazelcastInstance hazelcast, String name, Queue<Entry> entries) {
    try {
      IMap<String, Object> map = hazelcast.getMap(name);
      return map.localKeySet().stream().map(key -> look(map, key, entries));
    } catch (RuntimeException untold) {
      return Stream.of(CompletableFuture.failedFuture(untold));
    }
  }

  private static CompletableFuture<?> look(IMap<String, Object> map, String key, Queue<Entry> entries) {
    try {
      return map.submitToKey(key, new Look(map.getName(), entries)).toCompletableFuture();
    } catch (RuntimeException moved) {
      return CompletableFuture.failedFuture(moved);
    }
  }

  /** Takes an entry out of the thread of its partition, on this member only: it cannot be sent to one that the partition has moved to, which has it then. */
  private static final class Look implements EntryProcessor<String, Object, Void>, ReadOnly {
    private final transient String map;
    private final transient Queue<Entry> entries;

    Look(String map, Queue<Entry> entries) {
      this.map = map;
      this.entries = entries;
    }

    @Override
    public Void process(Map.Entry<String, Object> entry) {
      Object value = entry.getValue();
      if (value != null) {
        entries.add(new Entry(map, entry.getKey(), value));
      }
      return null;
    }

    @Override
    public EntryProcessor<String, Object, Void> getBackupProcessor() {
      return null;
    }
  }
}
