package io.vestibule.gateway.topic;

/**
 * The subscribers of one topic or pattern. Most have one, some have tens of thousands, so they are kept in a cell of type Object:
 * null for none, the subscriber itself for one, and a set of this class for more. The set is a hash table with linear probing: 6 to
 * 12 bytes a subscriber, add and remove in constant time however many there are, and a walk over one array to visit all.
 */
final class SubscriberSet {
  private static final int SMALLEST = 4;

  private Object[] table;
  private int size;

  private SubscriberSet(int capacity) {
    table = new Object[capacity];
  }

  /** The cell with one subscriber more; the same cell where it is in already, unless null became one. */
  static Object with(Object cell, Object subscriber) {
    if (cell == null || cell.equals(subscriber)) {
      return cell == null ? subscriber : cell;
    }
    if (cell instanceof SubscriberSet set) {
      set.add(subscriber);
      return set;
    }
    var set = new SubscriberSet(SMALLEST);
    set.add(cell);
    set.add(subscriber);
    return set;
  }

  /** The cell with one subscriber less. */
  static Object without(Object cell, Object subscriber) {
    if (cell instanceof SubscriberSet set) {
      set.remove(subscriber);
      return set.size == 1 ? set.single() : set;
    }
    return cell != null && cell.equals(subscriber) ? null : cell;
  }

  /** How many subscribers a cell holds. */
  static int count(Object cell) {
    return cell instanceof SubscriberSet set ? set.size : cell == null ? 0 : 1;
  }

  /** The subscribers in no order, with nulls between them; not to be changed. */
  Object[] slots() {
    return table;
  }

  private void add(Object subscriber) {
    int at = find(subscriber);
    if (table[at] == null) {
      table[at] = subscriber;
      size++;
      if (size * 4 > table.length * 3) {
        resize(table.length * 2);
      }
    }
  }

  private void remove(Object subscriber) {
    int at = find(subscriber);
    if (table[at] == null) {
      return;
    }
    size--;
    closeGap(at);
    // A walk costs the length of the table, so it has to follow the size down as well.
    if (size * 8 < table.length && table.length > SMALLEST) {
      resize(table.length / 4);
    }
  }

  /** Moves what was placed behind the gap because of it, so that no search ends too early (Knuth, volume 3, 6.4, algorithm R). */
  private void closeGap(int removed) {
    int mask = table.length - 1;
    int gap = removed;
    for (int at = gap + 1 & mask; table[at] != null; at = at + 1 & mask) {
      int home = home(table[at], mask);
      if ((at - home & mask) >= (at - gap & mask)) {
        table[gap] = table[at];
        gap = at;
      }
    }
    table[gap] = null;
  }

  private void resize(int capacity) {
    Object[] before = table;
    table = new Object[Math.max(SMALLEST, capacity)];
    for (Object subscriber : before) {
      if (subscriber != null) {
        table[find(subscriber)] = subscriber;
      }
    }
  }

  private int find(Object subscriber) {
    int mask = table.length - 1;
    int at = home(subscriber, mask);
    while (table[at] != null && !table[at].equals(subscriber)) {
      at = at + 1 & mask;
    }
    return at;
  }

  private static int home(Object subscriber, int mask) {
    int hash = subscriber.hashCode() * 0x9E3779B9; // 2^32 over the golden ratio: spreads neighbours
    return (hash ^ hash >>> 16) & mask;
  }

  private Object single() {
    for (Object subscriber : table) {
      if (subscriber != null) {
        return subscriber;
      }
    }
    throw new IllegalStateException("a set is never empty");
  }
}
