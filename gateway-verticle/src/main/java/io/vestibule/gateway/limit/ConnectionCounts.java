package io.vestibule.gateway.limit;

import io.vestibule.contract.error.ErrorReason;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** How many sockets this node holds, in all and by client address; shared by its event loops. */
public final class ConnectionCounts {
  private final int most;
  private final int mostPerAddress;
  private final AtomicInteger all = new AtomicInteger();
  private final ConcurrentHashMap<String, Integer> byAddress = new ConcurrentHashMap<>();

  /** Limits; 0 means none. */
  public ConnectionCounts(int most, int mostPerAddress) {
    this.most = most;
    this.mostPerAddress = mostPerAddress;
  }

  /**
   * Counts a socket in.
   *
   * @return empty when it may stay, and then {@link #release} must follow once; else why not, and nothing was counted
   */
  public Optional<ErrorReason> acquire(String address) {
    if (all.incrementAndGet() > most && most > 0) {
      all.decrementAndGet();
      return Optional.of(ErrorReason.NODE_FULL);
    }
    int held = byAddress.merge(address, 1, Integer::sum);
    if (held > mostPerAddress && mostPerAddress > 0) {
      release(address);
      return Optional.of(ErrorReason.TOO_MANY_CONNECTIONS);
    }
    return Optional.empty();
  }

  /** Counts a socket out. */
  public void release(String address) {
    byAddress.computeIfPresent(address, (a, held) -> held == 1 ? null : held - 1);
    all.decrementAndGet();
  }

  /** Sockets on this node. */
  public int all() {
    return all.get();
  }

  /** Addresses that hold at least one socket. */
  public int addresses() {
    return byAddress.size();
  }
}
