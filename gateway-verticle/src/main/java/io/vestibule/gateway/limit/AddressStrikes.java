package io.vestibule.gateway.limit;

import java.util.concurrent.ConcurrentHashMap;

/** Counts offences by address, in windows of a minute. Thread-safe; of a bounded size. */
public final class AddressStrikes {
  private static final int MOST_ADDRESSES = 10_000;

  private final ConcurrentHashMap<String, Long> strikes = new ConcurrentHashMap<>();
  private final int tolerated;

  /**
   * Nobody has offended yet.
   *
   * @param tolerated offences of an address in a minute
   */
  public AddressStrikes(int tolerated) {
    this.tolerated = tolerated;
  }

  /**
   * One more offence.
   *
   * @param nowMs of a clock that only runs forward
   * @return whether these are more than are tolerated
   */
  public boolean add(String address, long nowMs) {
    if (strikes.size() >= MOST_ADDRESSES && !strikes.containsKey(address)) {
      strikes.values().removeIf(state -> !Strikes.isOf(state, nowMs));
      if (strikes.size() >= MOST_ADDRESSES) {
        // So many offenders at once are a case for what stands before the server.
        return true;
      }
    }
    return Strikes.count(strikes.merge(address, Strikes.add(0, nowMs), (before, one) -> Strikes.add(before, nowMs))) > tolerated;
  }
}
