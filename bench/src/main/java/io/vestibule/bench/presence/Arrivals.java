package io.vestibule.bench.presence;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Who joins which room when, by {@link System#nanoTime}: what can be known before a server says anything. A member's user id ends with its number, so that it is found again in a frame without
 * being looked up. Any thread.
 */
final class Arrivals {
  private final Rooms rooms;
  private final String prefix;
  private final byte[] prefixBytes;
  private final AtomicLongArray at;
  private final long[][] inOrder;
  private final int[] came;

  /**
   * Nobody has joined.
   *
   * @param prefix of all user ids, which nobody else has
   */
  Arrivals(Rooms rooms, String prefix) {
    this.rooms = rooms;
    this.prefix = prefix;
    this.prefixBytes = prefix.getBytes(StandardCharsets.US_ASCII);
    this.at = new AtomicLongArray(rooms.total());
    this.inOrder = new long[rooms.count()][rooms.members()];
    this.came = new int[rooms.count()];
  }

  String userOf(int member) {
    return prefix + member;
  }

  byte[] prefixBytes() {
    return prefixBytes;
  }

  String topicOf(int member) {
    return "bench.room." + prefix + rooms.roomOf(member);
  }

  /** Whether a number in a user id is that of a member of a room. */
  boolean isIn(int room, long number) {
    return number >= 0 && number < rooms.total() && rooms.roomOf((int) number) == room;
  }

  /** A member is about to join. */
  void joins(int member, long nanos) {
    int room = rooms.roomOf(member);
    synchronized (inOrder[room]) {
      at.set(member, nanos);
      inOrder[room][came[room]++] = nanos;
    }
  }

  /** When a member was about to join. */
  long joinedAt(int member) {
    return at.get(member);
  }

  /** The times of a room, in their order; complete when all have joined. */
  long[] inOrder(int room) {
    synchronized (inOrder[room]) {
      return inOrder[room].clone();
    }
  }

  /** What {@link Picture#digest()} is when everybody is there. */
  long digestOf(int room) {
    long digest = 0;
    for (int member = room; member < rooms.total(); member += rooms.count()) {
      digest += mixed(member);
    }
    return digest;
  }

  /** A member's part of a digest: sums of different sets differ, as far as chance can tell (the finaliser of SplitMix64). */
  static long mixed(long member) {
    long z = (member + 1) * 0x9E3779B97F4A7C15L;
    z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }
}
