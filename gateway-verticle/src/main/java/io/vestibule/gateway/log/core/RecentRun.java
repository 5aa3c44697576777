package io.vestibule.gateway.log.core;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToIntFunction;

/**
 * The messages of a topic that those who come back want: a run of its log without a hole, which reads begin and the tails of the node make longer. What tails say that does not reach it yet waits for the read that is
 * under way. Of too many bytes the oldest go. Pure, one thread.
 *
 * @param <M> a message
 */
public final class RecentRun<M> {
  /** Those who come back were not all equally far. */
  private static final int EARLIER = 250;

  private final ToIntFunction<M> sizes;
  private final long most;
  private final TreeMap<Long, M> run = new TreeMap<>();
  private final Deque<M> ahead = new ArrayDeque<>();
  /** 0 as long as nothing is known. */
  private long epoch;
  private long began;
  private long from;
  private long to;
  private long head;
  private long oldest;
  /** The furthest that a tail has told of. */
  private long reached;
  private long wanted;
  private boolean exact;
  private long aheadEpoch;
  private long aheadTo;
  private long aheadBytes;
  private long bytes;

  /**
   * Knows nothing.
   *
   * @param sizes bytes of a message
   * @param most bytes that it may have
   */
  public RecentRun(ToIntFunction<M> sizes, long most) {
    this.sizes = sizes;
    this.most = most;
  }

  /** What its messages take. */
  public long bytes() {
    return bytes + aheadBytes;
  }

  /** The epoch of its messages; 0 where it has none. */
  public long epoch() {
    return epoch;
  }

  /** The last offset that the tails of the node have delivered; -1 where it does not reach as far. */
  public long end() {
    return epoch != 0 && to >= reached && ahead.isEmpty() ? to : -1;
  }

  /** After which offset to read for somebody who is at this one: if it is not the first who asks, a little earlier, because he may not be the last. */
  public long readAfter(long itsEpoch, long offset) {
    wanted = offset;
    return itsEpoch == epoch && offset < from && !exact ? Math.max(0, offset - EARLIER) : offset;
  }

  /** What comes after an offset, at most so many messages; null if it does not know. */
  public Page<M> after(long itsEpoch, long offset, int messages) {
    if (epoch == 0 || itsEpoch != epoch || offset > to || Math.max(offset, oldest) < from) {
      return null;
    }
    long start = Math.max(offset, oldest);
    List<M> found = new ArrayList<>();
    for (M message : run.tailMap(start, false).values()) {
      if (found.size() == messages) {
        break;
      }
      found.add(message);
    }
    return new Page<>(epoch, began, start, start <= oldest, Math.max(head, to), found);
  }

  /** A part of the log was read. */
  public void read(Page<M> page) {
    if (page.epoch() == 0) {
      return;
    }
    // The messages are so large that a page from earlier on brings nothing to whoever asked.
    exact |= page.to() <= wanted && page.to() < page.head();
    if (page.epoch() != epoch) {
      clear(page.epoch(), page.from());
    } else if (page.from() > to) {
      // It is nearer to the end, where all have to come.
      cut(page.from());
    } else if (page.to() < from) {
      return;
    }
    began = page.began();
    head = Math.max(head, page.head());
    oldest = page.oldest() ? Math.max(oldest, page.from()) : oldest;
    from = Math.min(from, page.from());
    to = Math.max(to, page.to());
    for (long offset = page.from() + 1; offset <= page.to(); offset++) {
      put(offset, page.at(offset));
    }
    reach();
    bound();
  }

  /** A tail of the node tells from now on what it delivers after this offset. */
  public void follow(long itsEpoch, long offset) {
    if (itsEpoch == epoch) {
      reached = Math.max(reached, offset);
    }
  }

  /** A tail of the node has delivered a message. Only what was read says in which epoch the log is: one of many tails may be late. */
  public void extend(long itsEpoch, long offset, M message) {
    follow(itsEpoch, offset);
    if (itsEpoch == epoch && offset == to + 1) {
      to = offset;
      put(offset, message);
      reach();
    } else if (itsEpoch != epoch || offset > to) {
      ahead(itsEpoch, offset, message);
    }
    bound();
  }

  private void ahead(long itsEpoch, long offset, M message) {
    if (itsEpoch == aheadEpoch && !ahead.isEmpty() && offset <= aheadTo) {
      return;
    }
    if (itsEpoch != aheadEpoch || offset != aheadTo + 1) {
      ahead.clear();
      aheadBytes = 0;
      aheadEpoch = itsEpoch;
    }
    ahead.add(message);
    aheadTo = offset;
    aheadBytes += sizes.applyAsInt(message);
    while (aheadBytes > most) {
      aheadBytes -= sizes.applyAsInt(ahead.poll());
    }
  }

  private void reach() {
    long before = aheadTo - ahead.size();
    if (aheadEpoch == epoch && before <= to) {
      long offset = before;
      for (M message : ahead) {
        if (++offset > to) {
          put(offset, message);
          to = offset;
        }
      }
      ahead.clear();
      aheadBytes = 0;
      aheadTo = 0;
    }
  }

  private void put(long offset, M message) {
    if (run.putIfAbsent(offset, message) == null) {
      bytes += sizes.applyAsInt(message);
    }
  }

  /** Knows nothing any more. */
  public void forget() {
    clear(0, 0);
    ahead.clear();
    aheadBytes = 0;
  }

  private void clear(long newEpoch, long place) {
    epoch = newEpoch;
    head = place;
    oldest = 0;
    reached = 0;
    cut(place);
  }

  private void cut(long place) {
    run.clear();
    bytes = 0;
    from = place;
    to = place;
  }

  private void bound() {
    while (bytes > most && !run.isEmpty()) {
      Map.Entry<Long, M> first = run.pollFirstEntry();
      bytes -= sizes.applyAsInt(first.getValue());
      from = first.getKey();
    }
  }
}
