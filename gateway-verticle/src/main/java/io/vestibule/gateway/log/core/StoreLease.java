package io.vestibule.gateway.log.core;

import io.vestibule.gateway.log.core.StoreChoice.Phase;

/**
 * What a node believes of the {@link StoreChoice}, and for how long it may. Whoever changes the choice waits for longer than that, and then nobody believes the old one any more, however slow it was.
 * Pure, one thread.
 */
public final class StoreLease {
  /** So long after it was asked for, what was told is believed. */
  public static final long BELIEVED_MS = 3_000;
  /** So long after a change was seen, nobody believes what was before it. */
  public static final long FORGOTTEN_MS = BELIEVED_MS + 500;

  private StoreChoice choice;
  private long askedMs;
  private long seenMs;

  /**
   * The choice was told.
   *
   * @param asked when it was asked for, milliseconds of a clock that goes on while the process is stopped
   */
  public void told(StoreChoice now, long asked, long nowMs) {
    if (choice == null || now.term() != choice.term() || !now.owed().equals(choice.owed())) {
      seenMs = nowMs;
    }
    choice = now;
    askedMs = asked;
  }

  /** What was told last; null before. */
  public StoreChoice choice() {
    return choice;
  }

  /** Whether what was told holds still. */
  public boolean isBelieved(long nowMs) {
    return choice != null && nowMs - askedMs < BELIEVED_MS;
  }

  /** Whether it holds, and is for this. */
  public boolean isIn(Phase phase, long nowMs) {
    return isBelieved(nowMs) && choice.phase() == phase;
  }

  /** Whether it holds, and nobody believes what was before it. */
  public boolean isSettled(long nowMs) {
    return isBelieved(nowMs) && nowMs - seenMs >= FORGOTTEN_MS;
  }
}
