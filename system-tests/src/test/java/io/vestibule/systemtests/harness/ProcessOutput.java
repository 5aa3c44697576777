package io.vestibule.systemtests.harness;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** What a process printed: read by a thread of its own so that the process never waits for us, the last lines kept. Thread-safe. */
final class ProcessOutput {
  private static final int LINES_KEPT = 5_000;

  private final Deque<String> lines = new ArrayDeque<>();
  private boolean ended;

  /** Starts to read; the thread ends with the stream. */
  static ProcessOutput of(String name, BufferedReader stream) {
    var output = new ProcessOutput();
    var reader = new Thread(() -> output.read(stream), "output-of-" + name);
    reader.setDaemon(true);
    reader.start();
    return output;
  }

  private void read(BufferedReader stream) {
    try (stream) {
      for (String line = stream.readLine(); line != null; line = stream.readLine()) {
        add(line);
      }
    } catch (IOException endOfProcess) {
      // The process was ended while it wrote; what it wrote before is kept.
    } finally {
      end();
    }
  }

  private synchronized void add(String line) {
    if (lines.size() == LINES_KEPT) {
      lines.removeFirst();
    }
    lines.addLast(line);
    notifyAll();
  }

  private synchronized void end() {
    ended = true;
    notifyAll();
  }

  /**
   * The first log line of this event, waited for.
   *
   * @return empty if the output ended without it, or after {@code limit}
   */
  synchronized Optional<JsonObject> await(String event, Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      Optional<JsonObject> found = lines.stream().map(ProcessOutput::parse).flatMap(Optional::stream)
          .filter(line -> event.equals(line.getString("event"))).findFirst();
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (found.isPresent() || ended || left <= 0) {
        return found;
      }
      wait(left);
    }
  }

  /**
   * Waits for the end, when all that was printed has been read.
   *
   * @return whether it came within {@code limit}
   */
  synchronized boolean awaitEnd(Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    for (long left = limit.toMillis(); !ended && left > 0; left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())) {
      wait(left);
    }
    return ended;
  }

  /** How many lines are like this. */
  synchronized long count(Predicate<String> predicate) {
    return lines.stream().filter(predicate).count();
  }

  synchronized String text() {
    return String.join("\n", lines);
  }

  private static Optional<JsonObject> parse(String line) {
    try {
      return line.startsWith("{") ? Optional.of(new JsonObject(line)) : Optional.empty();
    } catch (DecodeException notALogLine) {
      return Optional.empty();
    }
  }
}
