package io.vestibule.systemtests.harness;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A command that ends by itself, as users give it: {@code java -jar vestibule.jar ...} in a process of its own. */
public final class JarCommand {
  private JarCommand() {}

  /** What came of it: its exit code, and what it printed on both of its streams. */
  public record Result(int exitCode, String output) {}

  /**
   * Runs it to its end.
   *
   * @throws AssertionError if that does not come within {@code limit}; the process is gone then
   */
  public static Result run(Duration limit, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(VestibuleProcess.java(), "-jar", VestibuleProcess.JAR.toString()));
    command.addAll(List.of(arguments));
    Process process = VestibuleProcess.begin(command);
    try {
      ProcessOutput output = ProcessOutput.of(arguments[0], process.inputReader());
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS) || !output.awaitEnd(limit)) {
        throw new AssertionError(String.join(" ", arguments) + " did not end within " + limit + "; it printed\n" + output.text());
      }
      return new Result(process.exitValue(), output.text());
    } finally {
      process.destroyForcibly();
    }
  }
}
