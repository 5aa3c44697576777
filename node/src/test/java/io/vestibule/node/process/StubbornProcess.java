package io.vestibule.node.process;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** A process that hears the first signal, says so, and never ends by itself, unless it is told a deadline in milliseconds; run by {@link ShutdownSignalsIT}. */
final class StubbornProcess {
  private StubbornProcess() {}

  public static void main(String[] args) throws InterruptedException {
    var signals = ShutdownSignals.install();
    if (args.length > 0) {
      StopDeadline.watch(signals.first(), Duration.ofMillis(Long.parseLong(args[0])), "too late");
    }
    System.out.println("listening");
    System.out.println("signal " + signals.first().join());
    new CountDownLatch(1).await();
  }
}
