package io.vestibule.gateway.limit;

import java.util.concurrent.atomic.AtomicLong;

/** Bytes that a node keeps for others in all, however many they are. Thread-safe. */
public final class ByteBudget {
  private final long most;
  private final AtomicLong taken = new AtomicLong();

  /** A budget of so many bytes. */
  public ByteBudget(long most) {
    this.most = most;
  }

  /** Takes so many bytes, if there are as many; then {@link #give} must follow. */
  public boolean take(long bytes) {
    if (taken.addAndGet(bytes) > most) {
      give(bytes);
      return false;
    }
    return true;
  }

  /** Takes bytes that cannot be refused; others have the less. */
  public void takeAnyway(long bytes) {
    taken.addAndGet(bytes);
  }

  /** Gives back what was taken. */
  public void give(long bytes) {
    taken.addAndGet(-bytes);
  }

  /** Bytes that are taken now. */
  public long taken() {
    return taken.get();
  }
}
