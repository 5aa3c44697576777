package io.vestibule.node.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShutdownSignalsIT {
  @ParameterizedTest
  @CsvSource({"TERM, 15", "INT, 2"})
  void theFirstSignalAsksAndTheSecondEnds(String name, int number) throws Exception {
    Process process = new ProcessBuilder(ProcessHandle.current().info().command().orElse("java"), "-cp", "target/classes:target/test-classes",
        StubbornProcess.class.getName()).start();
    try (BufferedReader out = process.inputReader()) {
      assertThat(out.readLine()).isEqualTo("listening");
      kill(process, name);
      assertThat(out.readLine()).isEqualTo("signal " + number);
      assertThat(process.isAlive()).isTrue();

      kill(process, name);
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(ExitCode.ofSignal(number));
    } finally {
      process.destroyForcibly();
    }
  }

  private static void kill(Process process, String signal) throws Exception {
    assertThat(new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor()).isZero();
  }
}
