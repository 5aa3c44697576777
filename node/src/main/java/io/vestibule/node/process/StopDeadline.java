package io.vestibule.node.process;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ends the process when stopping takes longer than it may, whatever state the process is in. It has a thread of its own and needs no class, once it waits, but the
 * JDK's: when somebody has overwritten the jar under a running node, no class can be loaded any more, and what was to happen at a timeout need not happen.
 */
final class StopDeadline implements Runnable {
  /** The orderly way out gets this much more than it was promised, so that of the two it is the first. */
  private static final long GRACE_MILLIS = 1_000;

  private final CompletableFuture<?> stopping;
  private final long limitMillis;
  private final String lastWords;
  private final int exitCode;

  private StopDeadline(CompletableFuture<?> stopping, long limitMillis, String lastWords, int exitCode) {
    this.stopping = stopping;
    this.limitMillis = limitMillis;
    this.lastWords = lastWords;
    this.exitCode = exitCode;
  }

  /**
   * Watches from now on.
   *
   * @param stopping done when stopping begins
   * @param limit how long it may take
   * @param lastWords printed on standard error if it takes longer
   */
  static void watch(CompletableFuture<?> stopping, Duration limit, String lastWords) {
    var deadline = new StopDeadline(stopping, limit.toMillis() + GRACE_MILLIS, lastWords, ExitCode.INTERNAL);
    var thread = new Thread(deadline, "vestibule-stop-deadline");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void run() {
    stopping.join();
    try {
      // Nobody counts it down: the process has ended by then, or is ended now.
      new CountDownLatch(1).await(limitMillis, TimeUnit.MILLISECONDS);
      System.err.println(lastWords);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      Runtime.getRuntime().halt(exitCode);
    }
  }
}
