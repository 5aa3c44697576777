package io.vestibule.admission.core;

import io.vestibule.contract.admission.AdmissionAnswer.Quota;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How often each user may try to join or come back: the generic cell rate algorithm (ITU-T I.371, virtual scheduling) in integer microseconds, one number for each user
 * who tried within the last minute. Of more than {@value #MOST_USERS} such users those are forgotten who tried longest ago.
 *
 * <p>Not thread-safe. Times are milliseconds of a clock that does not go back.
 */
public final class UserQuota {
  private static final long WINDOW_US = 60_000_000;
  private static final int MOST_USERS = 1_000_000;

  private final int limit;
  private final long intervalUs;
  /** The theoretical arrival time of each, by who tried longest ago. */
  private final Map<String, Long> arrivals = new LinkedHashMap<>();

  /** A quota of so many attempts a minute, all of them at once if somebody likes; 0 for no limit. */
  public UserQuota(int perMinute) {
    limit = perMinute;
    intervalUs = perMinute == 0 ? 0 : Math.max(1, WINDOW_US / perMinute);
  }

  /**
   * What became of an attempt.
   *
   * @param ok whether it is permitted
   * @param retryAfterMs when the next is, 0 if this one was
   * @param quota what the user is told
   */
  public record Verdict(boolean ok, long retryAfterMs, Quota quota) {}

  /** An attempt; one that is refused costs nothing. */
  public Verdict attempt(String user, long nowMs) {
    if (limit == 0) {
      return new Verdict(true, 0, Quota.NONE);
    }
    long nowUs = nowMs * 1000;
    forget(nowUs);
    long arrival = Math.max(nowUs, arrivals.getOrDefault(user, nowUs));
    long waitUs = arrival - intervalUs * (limit - 1) - nowUs;
    if (waitUs > 0) {
      return new Verdict(false, (waitUs + 999) / 1000, quota(arrival, nowUs));
    }
    arrivals.remove(user);
    arrivals.put(user, arrival + intervalUs);
    return new Verdict(true, 0, quota(arrival + intervalUs, nowUs));
  }

  /** How a user stands, without an attempt. */
  public Quota quota(String user, long nowMs) {
    long nowUs = nowMs * 1000;
    return limit == 0 ? Quota.NONE : quota(Math.max(nowUs, arrivals.getOrDefault(user, nowUs)), nowUs);
  }

  /** Users that are remembered. */
  int remembered() {
    return arrivals.size();
  }

  private Quota quota(long arrival, long nowUs) {
    int remaining = (int) Math.min(limit, (intervalUs * limit - (arrival - nowUs)) / intervalUs);
    return new Quota(limit, remaining, (arrival + 999) / 1000, intervalUs * limit / 1000);
  }

  private void forget(long nowUs) {
    var eldest = arrivals.entrySet().iterator();
    while (eldest.hasNext() && (eldest.next().getValue() <= nowUs || arrivals.size() > MOST_USERS)) {
      eldest.remove();
    }
  }
}
