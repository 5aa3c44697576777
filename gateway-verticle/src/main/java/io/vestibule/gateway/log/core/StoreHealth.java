package io.vestibule.gateway.log.core;

/** How a store is, by what became of the calls to it. Pure, one thread. */
public final class StoreHealth {
  /** So long without a failure, and all is well again. */
  public static final long CALM_MS = 5_000;

  /** The states. */
  public enum State {
    /** No call failed lately. */
    OK,
    /** Some failed lately, and some did not. */
    DEGRADED,
    /** The last ones failed. */
    DOWN
  }

  private boolean failing;
  private boolean failedEver;
  private long failedMs;
  private String reason = "";

  /** A call was answered. */
  public void answered() {
    failing = false;
  }

  /**
   * A call failed.
   *
   * @param why in few words; shown to everybody who may ask how the node is
   * @param nowMs milliseconds since some moment
   */
  public void failed(String why, long nowMs) {
    failing = true;
    failedEver = true;
    failedMs = nowMs;
    reason = why;
  }

  /** How it is. */
  public State state(long nowMs) {
    if (failing) {
      return State.DOWN;
    }
    return failedEver && nowMs - failedMs < CALM_MS ? State.DEGRADED : State.OK;
  }

  /** Why it is not well; empty if it is. */
  public String reason(long nowMs) {
    return state(nowMs) == State.OK ? "" : reason;
  }
}
