package io.vestibule.node.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(180)
class ShutdownSignalsIT {
  @ParameterizedTest
  @CsvSource({"TERM, 15", "INT, 2"})
  void theFirstSignalAsksAndTheSecondEnds(String name, int number) throws Exception {
    assumeFalse(isIgnored(number), "whoever started the tests ignores SIG" + name + ", as a shell does for what it runs in the background, and that is inherited");
    Process process = stubborn();
    try (BufferedReader out = process.inputReader()) {
      assertThat(out.readLine()).isEqualTo("listening");
      kill(process, name);
      assertThat(out.readLine()).isEqualTo("signal " + number);
      assertThat(process.isAlive()).isTrue();

      kill(process, name);
      assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(ExitCode.ofSignal(number));
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void aStopThatTakesTooLongIsEnded() throws Exception {
    Process process = stubborn("50");
    try (BufferedReader out = process.inputReader(); BufferedReader err = process.errorReader()) {
      assertThat(out.readLine()).isEqualTo("listening");
      kill(process, "TERM");
      assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(ExitCode.INTERNAL);
      assertThat(err.lines()).containsExactly("too late");
    } finally {
      process.destroyForcibly();
    }
  }

  private static Process stubborn(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElse("java"), "-cp", "target/classes:target/test-classes",
        StubbornProcess.class.getName()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).start();
    // A read from it cannot be interrupted: it has to end.
    CompletableFuture.delayedExecutor(150, TimeUnit.SECONDS).execute(process::destroyForcibly);
    return process;
  }

  private static boolean isIgnored(int signal) throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return false;
    }
    String mask = Files.readAllLines(status).stream().filter(line -> line.startsWith("SigIgn:")).findFirst().orElseThrow().substring("SigIgn:".length()).trim();
    return (Long.parseUnsignedLong(mask, 16) >> (signal - 1) & 1) == 1;
  }

  private static void kill(Process process, String signal) throws Exception {
    assertThat(new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor()).isZero();
  }
}
