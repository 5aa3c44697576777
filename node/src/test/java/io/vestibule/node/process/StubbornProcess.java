package io.vestibule.node.process;

import java.util.concurrent.CountDownLatch;

/** A process that hears the first signal, says so, and never ends by itself; run by {@link ShutdownSignalsIT}. */
final class StubbornProcess {
  private StubbornProcess() {}

  public static void main(String[] args) throws InterruptedException {
    var signals = ShutdownSignals.install();
    System.out.println("listening");
    System.out.println("signal " + signals.first().join());
    new CountDownLatch(1).await();
  }
}
