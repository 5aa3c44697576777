package io.vestibule.bench.presence;

import io.netty.buffer.ByteBuf;
import io.vestibule.bench.client.FrameScan;

/**
 * What a watcher knows of its room, from nothing but the frames that it was sent: the count, and of a room that is listed a digest of who is in it. Nothing is kept by name, since the client has ten thousand
 * of these beside the server under test. One thread.
 */
final class Picture {
  private static final byte[] REV = FrameScan.key("rev");
  private static final byte[] COUNT = FrameScan.key("count");
  private static final byte[] MEMBERS = FrameScan.key("members");
  private static final byte[] SAMPLED = FrameScan.key("sampled");
  private static final byte[] JOINS = FrameScan.key("joins");
  private static final byte[] LEAVES = FrameScan.key("leaves");
  private static final byte[] USER = FrameScan.key("userId");

  private final Arrivals arrivals;
  private final int room;
  private final News news;
  private long rev;
  private long count = -1;
  private long named;
  private long digest;
  private boolean sampled;

  /** Who wants to know what the watcher was told; of what its first state says nothing is told. */
  interface News {
    /** Somebody has joined, by name. */
    void joined(int member);

    /** There are so many now, of whom it is not said who is new. */
    void counted(long before, long now);

    /** A frame cannot follow the one before, or says what cannot be. */
    void fault(String what);
  }

  Picture(Arrivals arrivals, int room, News news) {
    this.arrivals = arrivals;
    this.room = room;
    this.news = news;
  }

  /** A {@code presence_state} has come. */
  void state(ByteBuf bytes, int from, int to) {
    long before = count;
    count = number(bytes, from, to, COUNT);
    rev = number(bytes, from, to, REV);
    sampled = FrameScan.find(bytes, from, to, SAMPLED) >= 0;
    named = 0;
    digest = 0;
    each(bytes, FrameScan.find(bytes, from, to, MEMBERS), to, this::add);
    check();
    if (before >= 0) {
      news.counted(before, count);
    }
  }

  /** A {@code presence_diff} has come. */
  void diff(ByteBuf bytes, int from, int to) {
    long before = count;
    count = number(bytes, from, to, COUNT);
    if (before < 0) {
      news.fault("a diff before the first state");
    } else if (number(bytes, from, to, REV) != rev + 1) {
      news.fault("a hole in rev");
    }
    rev = number(bytes, from, to, REV);
    if (sampled) {
      news.counted(before, count);
    } else {
      each(bytes, FrameScan.find(bytes, from, to, JOINS), to, member -> {
        add(member);
        news.joined(member);
      });
      each(bytes, FrameScan.find(bytes, from, to, LEAVES), to, this::remove);
      check();
    }
  }

  /** How many it believes to be there; -1 while it knows nothing. */
  long count() {
    return count;
  }

  /** Whether this is what it should know when everybody is there. */
  boolean isOf(int members, long digestOfAll) {
    return count == members && (sampled || digest == digestOfAll);
  }

  /** Of those who are named: the same for the same ones, in whatever order they came. */
  long digest() {
    return digest;
  }

  private void add(int member) {
    named++;
    digest += Arrivals.mixed(member);
  }

  private void remove(int member) {
    named--;
    digest -= Arrivals.mixed(member);
  }

  private void check() {
    if (sampled ? named > count : named != count) {
      news.fault("the count is not the number of those named");
    }
  }

  private interface Whom {
    void is(int member);
  }

  private void each(ByteBuf bytes, int array, int to, Whom whom) {
    byte[] prefix = arrivals.prefixBytes();
    for (int at = FrameScan.firstElement(bytes, array, to); at >= 0; at = FrameScan.nextElement(bytes, at, to)) {
      int user = FrameScan.find(bytes, at, to, USER);
      long number = FrameScan.startsWith(bytes, user, to, prefix) ? FrameScan.number(bytes, user + 1 + prefix.length, to) : -1;
      if (arrivals.isIn(room, number)) {
        whom.is((int) number);
      } else {
        news.fault("somebody is named who is not in the room");
      }
    }
  }

  private static long number(ByteBuf bytes, int from, int to, byte[] key) {
    return FrameScan.number(bytes, FrameScan.find(bytes, from, to, key), to);
  }
}
