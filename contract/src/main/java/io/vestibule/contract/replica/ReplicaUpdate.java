package io.vestibule.contract.replica;

import io.vestibule.contract.bus.WireReader;
import io.vestibule.contract.bus.WireWriter;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * What the writer of a map tells a copy of it.
 *
 * @param life which writer this is: each writer of the same map has a higher one than those before it
 * @param copy which copy it is meant for, as far as the writer knows: what was meant for an earlier one may be late, and must not count as the whole of this one
 * @param base the update that this one builds on; a copy that has not got it must ask for the whole
 * @param number of this update, rising within a life; the same as {@code base} where nothing has changed
 * @param fresh whether the whole map begins with this one, to be gathered beside what was known until it is complete
 * @param complete whether the writer has nothing more to say than this
 * @param digest of the whole map as the writer has it; means something where {@code complete}
 * @param changes keys with their values
 */
public record ReplicaUpdate<K, V>(long life, long copy, long base, long number, boolean fresh, boolean complete, long digest, List<Entry<K, V>> changes) {

  /**
   * A key and what it has now.
   *
   * @param value null where the key is not in the map any more
   */
  public record Entry<K, V>(K key, V value) {}

  public ReplicaUpdate {
    changes = List.copyOf(changes);
  }

  /** Writes it; values are written where they are not null. */
  public void write(WireWriter out, BiConsumer<WireWriter, ? super K> key, BiConsumer<WireWriter, ? super V> value) {
    out.putLong(life).putLong(copy).putLong(base).putLong(number).putBoolean(fresh).putBoolean(complete).putLong(digest);
    out.putList(changes, (o, entry) -> {
      key.accept(o, entry.key());
      o.putBoolean(entry.value() != null);
      if (entry.value() != null) {
        value.accept(o, entry.value());
      }
    });
  }

  /** Reads what {@link #write} wrote. */
  public static <K, V> ReplicaUpdate<K, V> read(WireReader in, Function<WireReader, K> key, Function<WireReader, V> value) {
    return new ReplicaUpdate<>(in.getLong(), in.getLong(), in.getLong(), in.getLong(), in.getBoolean(), in.getBoolean(), in.getLong(),
        in.getList(i -> new Entry<>(key.apply(i), i.getBoolean() ? value.apply(i) : null)));
  }
}
