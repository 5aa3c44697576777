package io.vestibule.gateway.drain;

import io.vestibule.contract.admission.GatewayLoad;
import java.util.List;

/**
 * How the sockets of a draining node leave. Times are milliseconds of the node's monotonic clock. Immutable, pure.
 *
 * @param startedAtMs when it was made
 * @param movedAtMs until when clients are to have moved; {@code startedAtMs} where there is nowhere to go
 * @param deadlineAtMs when what is left is closed
 * @param deadlineEpochMs the same for clients, Unix milliseconds
 */
public record MovePlan(long startedAtMs, long movedAtMs, long deadlineAtMs, long deadlineEpochMs) {
  /** Handshakes with authentication that a node with nothing else to do takes without its other clients noticing; a fraction of what {@code bench} shows. */
  static final int HANDSHAKES_PER_SECOND = 500;

  private static final int LEAST_PER_SECOND = 25;
  private static final int WHOLE = 1_000;
  private static final long SHORTEST_MS = 1_000;

  /**
   * A plan: the clients come to the others no faster than those can take them, as far as the deadline leaves time. A quarter of it is kept for those that are late.
   *
   * @param sockets how many there are to move
   * @param others the loads of the nodes that they can go to; one that is not known is null
   */
  public static MovePlan of(long nowMs, long nowEpochMs, long withinMs, int sockets, List<GatewayLoad> others) {
    long perSecond = others.stream().mapToLong(MovePlan::handshakesPerSecond).sum();
    long windowMs = perSecond == 0 ? 0 : Math.max(SHORTEST_MS, sockets * 1_000L / perSecond);
    return new MovePlan(nowMs, nowMs + Math.min(windowMs, withinMs - withinMs / 4), nowMs + withinMs, nowEpochMs + withinMs);
  }

  /** A busy node takes fewer: what it has left of its processors, half of that when its event loops are late already. */
  private static long handshakesPerSecond(GatewayLoad load) {
    if (load == null) {
      return HANDSHAKES_PER_SECOND / 2;
    }
    long left = (long) HANDSHAKES_PER_SECOND * (WHOLE - Math.min(WHOLE, load.cpu())) / WHOLE;
    return Math.max(LEAST_PER_SECOND, load.loopLagMs() > 100 ? left / 2 : left);
  }

  /** Whether clients are sent elsewhere at all. */
  public boolean moves() {
    return movedAtMs > startedAtMs;
  }

  /** Inside how many milliseconds a client that is told now should go; at least one. */
  public long windowAt(long nowMs) {
    return Math.max(1, movedAtMs - nowMs);
  }

  /** The same, ended by this time. */
  MovePlan endedBy(long atMs) {
    long earlier = Math.max(0, deadlineAtMs - atMs);
    return earlier == 0 ? this : new MovePlan(startedAtMs, Math.min(movedAtMs, atMs), atMs, deadlineEpochMs - earlier);
  }
}
