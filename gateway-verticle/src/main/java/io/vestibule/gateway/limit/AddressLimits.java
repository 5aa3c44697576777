package io.vestibule.gateway.limit;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How often each client address may try: connects, joins and failed resume tokens of one address count together. One for a node, shared by its event loops; time is an argument.
 * An address whose quota is full again is forgotten, so the table holds those of the last minute and no more than {@link #MOST}: who has more addresses than
 * that is not held back by a limit for each of them, and must not be able to lock others out or to fill the memory.
 */
public final class AddressLimits {
  /** Addresses that are remembered. */
  public static final int MOST = 100_000;

  /** The policy's name. */
  public static final String POLICY = "ip-joins";

  private static final long SWEEP_US = 1_000_000;

  private final Gcra limit;
  private final ConcurrentHashMap<String, Long> tats = new ConcurrentHashMap<>();
  private final AtomicLong sweptAtUs;

  /**
   * Limits.
   *
   * @param perMinute attempts of one address a minute; 0 for no limit
   * @param nowUs microseconds of a clock that only runs forward
   */
  public AddressLimits(int perMinute, long nowUs) {
    this.limit = perMinute == 0 ? null : Gcra.perMinute(perMinute);
    this.sweptAtUs = new AtomicLong(nowUs);
  }

  /**
   * What an attempt came to.
   *
   * @param waitMs 0 where it is permitted and counted; else after how many milliseconds the next one will be
   * @param state how the limit stands now, or null where there is none
   */
  public record Attempt(long waitMs, LimitState state) {
    private static final Attempt UNLIMITED = new Attempt(0, null);

    /** Whether it is permitted. */
    public boolean permitted() {
      return waitMs == 0;
    }
  }

  /** Counts an attempt, if it is permitted. */
  public Attempt attempt(String address, long nowUs) {
    return limit == null ? Attempt.UNLIMITED : decide(address, nowUs, true);
  }

  /** As {@link #attempt}, but counts nothing. */
  public Attempt look(String address, long nowUs) {
    return limit == null ? Attempt.UNLIMITED : decide(address, nowUs, false);
  }

  /** Counts something bad, permitted or not: a resume token that nobody has signed. The address is no further away from its next attempt than a whole window. */
  public void offence(String address, long nowUs) {
    if (limit != null && roomFor(address, nowUs)) {
      tats.merge(address, limit.take(nowUs, nowUs), (tat, fresh) -> limit.waitUs(tat, nowUs) > 0 ? tat : limit.take(tat, nowUs));
    }
  }

  private Attempt decide(String address, long nowUs, boolean count) {
    long[] wait = new long[1];
    Long tat;
    if (count && roomFor(address, nowUs)) {
      tat = tats.compute(address, (same, before) -> {
        long from = before == null ? nowUs : before;
        wait[0] = limit.waitUs(from, nowUs);
        return wait[0] == 0 ? Long.valueOf(limit.take(from, nowUs)) : before;
      });
    } else {
      tat = tats.get(address);
      wait[0] = tat == null ? 0 : limit.waitUs(tat, nowUs);
    }
    return new Attempt((wait[0] + 999) / 1_000, LimitState.of(POLICY, limit, tat == null ? nowUs : tat, nowUs));
  }

  /** Forgets what is full again; once a second at the most, by whoever comes then. */
  private boolean roomFor(String address, long nowUs) {
    long swept = sweptAtUs.get();
    if (nowUs - swept >= SWEEP_US && sweptAtUs.compareAndSet(swept, nowUs)) {
      tats.values().removeIf(tat -> tat <= nowUs);
    }
    return tats.size() < MOST || tats.containsKey(address);
  }

  /** Addresses that are remembered now. */
  public int addresses() {
    return tats.size();
  }
}
