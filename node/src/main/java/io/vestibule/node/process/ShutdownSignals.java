package io.vestibule.node.process;

import java.util.concurrent.CompletableFuture;
import sun.misc.Signal;

/**
 * Hears SIGTERM and SIGINT. The first asks for a stop in good order, the second ends the process where it stands. The JVM's own way, a shutdown
 * hook, cannot tell the two apart, which is why the unsupported but stable {@code sun.misc.Signal} is used.
 */
@SuppressWarnings("sunapi")
final class ShutdownSignals {
  private final CompletableFuture<Integer> first = new CompletableFuture<>();

  private ShutdownSignals() {}

  /** Listens from now on, for the rest of the process. */
  static ShutdownSignals install() {
    var signals = new ShutdownSignals();
    for (String name : new String[] {"TERM", "INT"}) {
      try {
        Signal signal = new Signal(name);
        // Known beforehand, so that ending at once needs no class that is not loaded.
        int exitCode = ExitCode.ofSignal(signal.getNumber());
        Signal.handle(signal, received -> signals.received(received, exitCode));
      } catch (IllegalArgumentException unavailable) {
        // The JVM keeps the signal to itself (-Xrs): it then ends the process as it always does.
      }
    }
    return signals;
  }

  private void received(Signal signal, int exitCode) {
    if (!first.complete(signal.getNumber())) {
      Runtime.getRuntime().halt(exitCode);
    }
  }

  /** Completes with the number of the first signal. */
  CompletableFuture<Integer> first() {
    return first;
  }
}
