package io.vestibule.gateway.log.core;

/** Whether a node reaches a server that it asks again and again: neither one lost answer nor one answer changes its mind. Pure, one thread. */
public final class Reach {
  private static final int ANSWERS = 3;

  private final long patienceMs;
  private long answeredMs;
  private int inARow;
  private Boolean reaches;

  /**
   * Nothing is known yet.
   *
   * @param patienceMs without an answer, and it is lost
   */
  public Reach(long patienceMs, long nowMs) {
    this.patienceMs = patienceMs;
    this.answeredMs = nowMs;
  }

  /** It answered. */
  public void answered(long nowMs) {
    answeredMs = nowMs;
    inARow++;
    if (inARow >= ANSWERS) {
      reaches = true;
    }
  }

  /** It did not answer in time, or refused. */
  public void failed() {
    inARow = 0;
  }

  /** Whether it is reached; null where that cannot be told yet. */
  public Boolean reaches(long nowMs) {
    if (nowMs - answeredMs >= patienceMs) {
      reaches = false;
    }
    return reaches;
  }
}
